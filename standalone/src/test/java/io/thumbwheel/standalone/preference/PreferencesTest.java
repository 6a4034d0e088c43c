package io.thumbwheel.standalone.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.thumbwheel.standalone.preference.Preference.Answer;
import io.thumbwheel.standalone.preference.Preference.Pick;
import io.thumbwheel.standalone.preference.Preference.Verdict;
import org.junit.jupiter.api.Test;

final class PreferencesTest {
    private static Answer answer(String text) {
        return new Answer(text, true);
    }

    private static double score(String preference, Answer answer) {
        return Preferences.named(preference).score("", answer);
    }

    @Test
    void fluencyIsOneForDifferentWords() {
        assertThat(Fluency.of(answer("The dog ran home.")).score()).isEqualTo(1.0, within(1e-9));
    }

    @Test
    void fluencyFallsWithRepeatedWords() {
        // 8 words, 6 of them different; 7 pairs, 1 of them repeated ("the dog"): 1/7 of at most
        // 1/5.
        assertThat(Fluency.of(answer("The dog ran and the dog sat too.")).score())
                .isEqualTo(0.7 * 6 / 8 + 0.3 * (1 - (1 / 7.0) / 0.2), within(1e-9));
    }

    @Test
    void brokenAnswersAreBelowAllOthers() {
        for (String preference : Preferences.names()) {
            double worst = score(preference, answer("He was sad and scared and alone and hurt."));
            for (Answer broken :
                    new Answer[] {
                        new Answer("The dog was happy and the cat smiled at a bird.", false),
                        answer("The dog was happy and the cat smiled at"),
                        answer("Happy dog."),
                        answer(""),
                        answer("The dog ran. The dog ran. The dog ran. The dog ran.")
                    }) {
                assertThat(score(preference, broken))
                        .as("%s: %s", preference, broken.text())
                        .isLessThan(worst);
            }
        }
    }

    @Test
    void happyEndingCountsDistinctWordsOfTheLastSentence() {
        // happy, smiled, friends: clipped to 2; 6 different words of 6: fluency 1.
        assertThat(score("happy-ending", answer("Happy friends smiled at the sea.")))
                .isEqualTo(2 + 1, within(1e-9));
        // Only the last sentence counts: sad -1, lonely -1; 9 different words of 10, no repeated
        // pair.
        assertThat(
                        score(
                                "happy-ending",
                                answer("She was happy then. But he was sad, lonely, quiet.")))
                .isEqualTo(-2 + 0.7 * 9 / 10 + 0.3, within(1e-9));
        assertThat(score("happy-ending", answer("The man was happy, happy and tired.")))
                .isEqualTo(0 + 0.7 * 6 / 7 + 0.3, within(1e-9));
    }

    @Test
    void animalsCountsDifferentAnimalsUpToThree() {
        assertThat(score("animals", answer("Two dogs saw mice."))).isEqualTo(2 + 1, within(1e-9));
        assertThat(score("animals", answer("A dog, cat, fox, bear met."))).isEqualTo(3 + 1);
        assertThat(score("animals", answer("Nobody was there today."))).isEqualTo(0 + 1);
    }

    @Test
    void lengthIsBestAtTheTarget() {
        assertThat(score("length:4", answer("The dog ran home."))).isEqualTo(3 + 1, within(1e-9));
        // 8 words at a target of 4: (8 - 4) / (4 / 3) = 3 deviations.
        assertThat(score("length:4", answer("One dog ran home with his big ball.")))
                .isEqualTo(3 * Math.exp(-4.5) + 1, within(1e-9));
    }

    @Test
    void theHigherScoreIsPicked() {
        Verdict verdict =
                Preferences.named("animals")
                        .compare("", answer("A cat sat down."), answer("A cat met two dogs."));

        assertThat(verdict.pick()).isEqualTo(Pick.B);
        assertThat(verdict.scoreB()).isEqualTo(3.0, within(1e-9));
    }

    @Test
    void unknownNamesAreRefused() {
        assertThatThrownBy(() -> Preferences.named("sunny"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("happy-ending");
        assertThatThrownBy(() -> Preferences.named("length:0")).hasMessageContaining("length:0");
    }
}
