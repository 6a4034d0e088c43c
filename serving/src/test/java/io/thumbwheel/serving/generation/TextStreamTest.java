package io.thumbwheel.serving.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextStreamTest {
    @Test
    void textComesTokenByToken() {
        assertThat(deltas(List.of(), "Hel", "lo", "", "!"))
                .containsExactly("Hel", "lo", "", "!", "");
    }

    @Test
    void aCharacterIsNeverSplit() {
        byte[] smile = "😀".getBytes(StandardCharsets.UTF_8);
        TextStream stream = new TextStream(id -> new byte[] {smile[id]}, List.of());

        assertThat(List.of(stream.accept(0), stream.accept(1), stream.accept(2))).containsOnly("");
        assertThat(stream.accept(3)).isEqualTo("😀");
        assertThat(stream.finish()).isEmpty();
    }

    @Test
    void aCharacterCutOffAtTheEndIsReplaced() {
        TextStream stream =
                new TextStream(id -> new byte[] {(byte) (id == 0 ? 'a' : 0xC3)}, List.of());

        assertThat(stream.accept(0)).isEqualTo("a");
        assertThat(stream.accept(1)).isEmpty();
        assertThat(stream.finish()).isEqualTo("\uFFFD");
    }

    @Test
    void brokenBytesAreReplacedAndTheTextGoesOn() {
        TextStream stream =
                new TextStream(id -> new byte[] {(byte) (id == 0 ? 'a' : 0xFF)}, List.of());

        assertThat(stream.accept(1) + stream.accept(0) + stream.finish()).isEqualTo("\uFFFDa");
    }

    @Test
    void aStopTextIsCutOffAcrossTokens() {
        assertThat(deltas(List.of("\n\nUser"), "one", "\n", "\nUs", "er: two"))
                .containsExactly("one", "", "", "", "");
    }

    @Test
    void whatOnlyLookedLikeAStopTextIsShown() {
        assertThat(deltas(List.of("\n\nUser"), "one", "\n", "\nUs", "ual"))
                .containsExactly("one", "", "", "\n\nUsual", "");
        assertThat(deltas(List.of("END"), "the E", "N")).containsExactly("the ", "", "EN");
    }

    @Test
    void theFirstStopTextCounts() {
        TextStream stream = stream(List.of("c", "bc"), "abcd");

        assertThat(stream.accept(0)).isEqualTo("a");
        assertThat(stream.stopped()).isTrue();
        assertThat(stream.accept(0)).isEmpty();
        assertThat(stream.finish()).isEmpty();
    }

    @Test
    void aStopTextThatRepeatsItselfIsFound() {
        assertThat(deltas(List.of("aab"), "a", "a", "a", "b")).containsExactly("", "", "a", "", "");
    }

    private static List<String> deltas(List<String> stop, String... tokens) {
        TextStream stream = stream(stop, tokens);
        List<String> deltas = new ArrayList<>();
        for (int id = 0; id < tokens.length; id++) {
            deltas.add(stream.accept(id));
        }
        deltas.add(stream.finish());
        return deltas;
    }

    private static TextStream stream(List<String> stop, String... tokens) {
        return new TextStream(id -> tokens[id].getBytes(StandardCharsets.UTF_8), stop);
    }
}
