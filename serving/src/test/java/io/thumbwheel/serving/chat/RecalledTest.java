package io.thumbwheel.serving.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.serving.conversation.History;
import io.thumbwheel.serving.conversation.Turn;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecalledTest {
    private static final History THREE = new History(List.of(turn("1"), turn("2"), turn("3")), 4);
    private static final List<Message> ASKED = List.of(new Message("user", "now"));

    private static Turn turn(String text) {
        return new Turn("id" + text, "be brief", List.of(new Message("user", text)), "a" + text);
    }

    private static List<String> contents(Recalled recalled) {
        return recalled.messages().stream().map(Message::content).toList();
    }

    @Test
    void turnsStandBeforeTheRequestUnderTheSystemMessage() {
        Recalled recalled = Recalled.of(THREE, ASKED, _ -> true);

        assertThat(contents(recalled))
                .containsExactly("be brief", "1", "a1", "2", "a2", "3", "a3", "now");
        assertThat(recalled.messages().getFirst().role()).isEqualTo("system");
        assertThat(recalled.messages().get(2).role()).isEqualTo("assistant");
        assertThat(recalled.used()).isEqualTo(3);
        assertThat(recalled.dropped()).isEqualTo(4);
    }

    @Test
    void theOldestTurnsGoWholeUntilTheRestFits() {
        // Two turns would be 6 messages.
        Recalled recalled = Recalled.of(THREE, ASKED, messages -> messages.size() <= 5);

        assertThat(contents(recalled)).containsExactly("be brief", "3", "a3", "now");
        assertThat(recalled.used()).isEqualTo(1);
        assertThat(recalled.dropped()).isEqualTo(6);
    }

    @Test
    void whatTheRequestSaysStaysWhateverItTakes() {
        Recalled recalled = Recalled.of(THREE, ASKED, _ -> false);

        assertThat(contents(recalled)).containsExactly("be brief", "now");
        assertThat(recalled.used()).isZero();
        assertThat(recalled.dropped()).isEqualTo(7);
    }

    @Test
    void aNewSystemMessageTakesTheOldOnesPlace() {
        List<Message> asked = List.of(new Message("system", "rhyme"), ASKED.getFirst());

        Recalled recalled = Recalled.of(THREE, asked, _ -> true);

        assertThat(contents(recalled)).startsWith("rhyme", "1").endsWith("a3", "now");
        assertThat(recalled.system()).isEqualTo("rhyme");
        assertThat(recalled.asked()).isEqualTo(ASKED);
    }

    @Test
    void withoutAHistoryTheRequestStandsAlone() {
        Recalled recalled = Recalled.of(null, ASKED, _ -> true);

        assertThat(recalled.messages()).isEqualTo(ASKED);
        assertThat(recalled.available()).isFalse();
        assertThat(recalled.system()).isNull();
    }
}
