package io.thumbwheel.serving.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.schemas.event.LogitRules;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RuledLogitsTest {
    private static float[] after(LogitRules rules, int[] prompt, int[] answer) {
        RuledLogits ruled = new RuledLogits(rules, prompt, 5);
        for (int token : answer) {
            ruled.drawn(token);
        }
        float[] logits = {1, 2, -2, 3, 0.5f};
        ruled.process(logits);
        return logits;
    }

    @Test
    void openAisPenaltiesCountTheAnswerAlone() {
        // Token 2 was said twice: -2 - 2 · 0.25 - 0.5; token 3 once: 3 - 0.25 - 0.5.
        assertThat(
                        after(
                                new LogitRules(0.5, 0.25, 1, Map.of()),
                                new int[] {0, 1},
                                new int[] {2, 3, 2}))
                .containsExactly(1, 2, -3, 2.25f, 0.5f);
    }

    @Test
    void aNegativePenaltyRaisesWhatWasSaid() {
        assertThat(after(new LogitRules(-1, 0, 1, Map.of()), new int[] {0}, new int[] {4}))
                .containsExactly(1, 2, -2, 3, 1.5f);
    }

    @Test
    void theRepetitionPenaltyLowersPromptAndAnswerOnceWhateverTheSign() {
        assertThat(after(new LogitRules(0, 0, 2, Map.of()), new int[] {1, 1, 2}, new int[] {3, 3}))
                .containsExactly(1, 1, -4, 1.5f, 0.5f);
    }

    @Test
    void theRepetitionPenaltyComesFirstAndTheBiasLast() {
        // Token 3: 3 / 2 - (0.25 + 0.5) + 10.
        assertThat(
                        after(
                                new LogitRules(0.5, 0.25, 2, Map.of(3, 10.0, 0, -100.0)),
                                new int[] {},
                                new int[] {3}))
                .containsExactly(-99, 2, -2, 10.75f, 0.5f);
    }
}
