package io.thumbwheel.trainer.formats;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.schemas.event.Message;
import java.util.List;
import org.junit.jupiter.api.Test;

class DialoguesTest {
    @Test
    void sixParagraphsOfTwoWhoTakeTurnsAreADialogue() {
        List<Dialogues.Found> found =
                Dialogues.in(
                        """
                        It was a dark night.

                        Ann: Who is there?
                        I cannot see you.

                        Dr Bob: Me.

                        Ann: Come in.

                        Dr Bob: Thanks: it is cold.

                        Ann: Tea?

                        Dr Bob: Yes.

                        They drank tea.
                        """
                                .lines()
                                .toList());

        assertThat(found)
                .containsExactly(
                        new Dialogues.Found(
                                3,
                                List.of(
                                        new Message("user", "Who is there? I cannot see you."),
                                        new Message("assistant", "Me."),
                                        new Message("user", "Come in."),
                                        new Message("assistant", "Thanks: it is cold."),
                                        new Message("user", "Tea?"),
                                        new Message("assistant", "Yes."))));
    }

    @Test
    void fiveParagraphsAreNone() {
        assertThat(Dialogues.in(turns("A:", "B:", "A:", "B:", "A:"))).isEmpty();
    }

    @Test
    void aThirdSpeakerEndsIt() {
        assertThat(Dialogues.in(turns("A:", "B:", "A:", "C:", "A:", "C:", "A:"))).isEmpty();
        assertThat(Dialogues.in(turns("C:", "A:", "B:", "A:", "B:", "A:", "B:")))
                .extracting(Dialogues.Found::line)
                .containsExactly(3);
    }

    @Test
    void whoSpeaksTwiceIsNoDialogue() {
        assertThat(Dialogues.in(turns("A:", "A:", "A:", "A:", "A:", "A:"))).isEmpty();
    }

    @Test
    void otherSeparatorsCountAndALastQuestionIsDropped() {
        assertThat(Dialogues.in(turns("Q.", "A.", "Q.", "A.", "Q.", "A.", "Q.")))
                .extracting(found -> found.messages().size())
                .containsExactly(6);
        assertThat(Dialogues.in(turns("X -", "Y -", "X -", "Y -", "X -", "Y -"))).hasSize(1);
    }

    private static List<String> turns(String... prefixes) {
        return List.of(prefixes).stream()
                .flatMap(prefix -> List.of(prefix + " something said", "").stream())
                .toList();
    }
}
