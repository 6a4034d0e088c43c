package io.thumbwheel.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PpoOptionsTest extends ToyTraining {

    @Test
    void theCandidateIsTheMovingAverageWhereOneIsAskedFor() {
        PpoConfig config = Toy.with(Toy.once(), "averaging", 0.9);
        try (Learners learners = learners(config)) {
            stepped(trainer(config, learners, LIKING, beginning()));

            float[] before = weights(reference);
            float[] policy = weights(learners.policy());
            float[] average = weights(learners.candidate());
            assertThat(policy).isNotEqualTo(before);
            for (int i = 0; i < average.length; i++) {
                assertThat(average[i])
                        .isCloseTo(0.9f * before[i] + 0.1f * policy[i], within(1e-6f));
            }
        }
    }

    @Test
    void aFallingScheduleMovesThePolicyLess() {
        double constant = moved(Toy.ppo(6));
        double linear = moved(Toy.with(Toy.ppo(6), "schedule", RateSchedule.LINEAR));

        assertThat(linear).isLessThan(0.8 * constant);
    }

    /// Sum of squares of what the weights moved in a whole run.
    private double moved(PpoConfig config) {
        try (Learners learners = learners(config)) {
            PpoTrainer trainer = trainer(config, learners, LIKING, beginning());
            for (int step = 0; step < config.valueSteps() + config.steps(); step++) {
                stepped(trainer);
            }
            float[] before = weights(reference);
            float[] after = weights(learners.policy());
            double squares = 0;
            for (int i = 0; i < after.length; i++) {
                squares += Math.pow((double) after[i] - before[i], 2);
            }
            return squares;
        }
    }
}
