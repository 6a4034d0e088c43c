package io.thumbwheel.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.PaddedBatch;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImportanceWeightsTest {
    private static final List<Answer> ANSWERS = List.of(new Answer(List.of(1), List.of(5, 6, 2)));

    @Test
    void tokensThatTheTrainerFindsLikelierWeighMoreUpToTheCap() {
        float[] trained = {-1, -1, -1};
        float[] sampled = {-1, (float) (-1 - Math.log(1.5)), -4};
        float[] advantages = {2, 2, -2};

        ImportanceWeights.Ratios ratios =
                ImportanceWeights.apply(
                        List.of(experience(trained, advantages)), List.of(sampled), 2);

        assertThat(advantages).containsExactly(new float[] {2, 3, -4}, within(1e-6f));
        assertThat(ratios.greatest()).isCloseTo(Math.exp(3), within(1e-9));
        assertThat(ratios.mean()).isCloseTo((1 + 1.5 + Math.exp(3)) / 3, within(1e-6));
    }

    private static Experience experience(float[] trained, float[] advantages) {
        return new Experience(
                ANSWERS,
                PaddedBatch.of(ANSWERS, 0),
                Optional.empty(),
                new double[1],
                trained,
                new float[3],
                new float[3],
                new float[3],
                advantages,
                new float[3]);
    }
}
