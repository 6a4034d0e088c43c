package io.thumbwheel.schemas.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CompletionIdTest {
    private static final SigningKey SIGNING = Keys.signing('a');

    @Test
    void readsBackWhatItMinted() {
        CompletionId id = CompletionId.mint("conversation", 16, SIGNING);

        CompletionId read = CompletionId.parse(id.toString());

        assertThat(read).isEqualTo(id);
        assertThat(read.choices()).isEqualTo(16);
        assertThat(read.route()).isEqualTo("8b34");
        assertThat(read.signedBy(SIGNING)).isTrue();
    }

    @Test
    void aConversationHasOneRoute() {
        assertThat(CompletionId.mint("c", 1, SIGNING).route())
                .isEqualTo(CompletionId.mint("c", 2, SIGNING).route())
                .isEqualTo(CompletionId.routeOf("c"))
                .hasSize(4);
    }

    @Test
    void anotherKeyDidNotSignIt() {
        assertThat(CompletionId.mint("c", 1, SIGNING).signedBy(Keys.signing('b'))).isFalse();
    }

    @Test
    void nothingInItCanBeChanged() {
        CompletionId id = CompletionId.mint("c", 2, SIGNING);

        assertThat(new CompletionId(UUID.randomUUID(), id.route(), 2, id.tag()).signedBy(SIGNING))
                .isFalse();
        assertThat(new CompletionId(id.uuid(), "0000", 2, id.tag()).signedBy(SIGNING)).isFalse();
        assertThat(new CompletionId(id.uuid(), id.route(), 3, id.tag()).signedBy(SIGNING))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "chatcmpl-1",
                "chatcmpl-019b7c4e-1234-4abc-8def-0123456789ab-c0de10123456789a",
                "chatcmpl-019b7c4e-1234-7abc-8def-0123456789ab-c0de10123456789",
                "CHATCMPL-019b7c4e-1234-7abc-8def-0123456789ab-c0de10123456789a",
            })
    void refusesWhatHasAnotherForm(String text) {
        assertThatThrownBy(() -> CompletionId.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("chatcmpl-<uuid>-<16 hex digits>");
    }

    @Test
    void namesItsAnswers() {
        CompletionId id = CompletionId.mint("c", 2, SIGNING);

        assertThat(ChoiceRef.parse(id + "#1")).isEqualTo(new ChoiceRef(id, 1));
        assertThatThrownBy(() -> ChoiceRef.parse(id + "#2"))
                .hasMessageContaining("choices 0 to 1, got choice 2");
    }
}
