package io.thumbwheel.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.trainer.reward.Reward;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

class JudgeWatchTrainingTest extends ToyTraining {

    @Test
    void aJudgeThatGoesAlongChangesNoWeight() {
        PpoConfig config = Toy.ppo(Estimator.GAE, 8, new JudgeWatch(2, 1, 0.5));
        float[] unwatched;
        try (Learners learners = learners(config)) {
            PpoTrainer trainer = trainer(config, learners, LIKING, beginning());
            for (int step = 0; step < 6; step++) {
                assertThat(stepped(trainer)).doesNotContainKey("objective/judge_scores");
            }
            unwatched = weights(learners.policy());
        }
        try (Learners learners = learners(config)) {
            PpoTrainer trainer =
                    trainer(config, learners, LIKING, Optional.of(LIKING), beginning());
            for (int step = 0; step < 6; step++) {
                SortedMap<String, Double> metrics = stepped(trainer);

                if (step % 2 == 0) {
                    assertThat(metrics.get("objective/judge_scores"))
                            .isEqualTo(metrics.get("objective/scores"));
                    assertThat(metrics.get("objective/judge_gap")).isZero();
                } else {
                    assertThat(metrics).doesNotContainKey("objective/judge_scores");
                }
            }
            assertThat(trainer.state().looks()).hasSize(3);
            assertThat(weights(learners.policy())).isEqualTo(unwatched);
        }
    }

    @Test
    void aJudgeThatPartsFromTheCoachStopsTheTraining() {
        PpoConfig config = Toy.ppo(Estimator.GAE, 16, new JudgeWatch(1, 2, 0.5));
        Reward contrary =
                answers -> Arrays.stream(LIKING.scores(answers)).map(score -> -score).toArray();
        double before = meanLiking(reference);
        try (Learners learners = learners(config)) {
            PpoTrainer trainer =
                    trainer(config, learners, LIKING, Optional.of(contrary), beginning());
            StepResult result = trainer.step();
            while (result instanceof StepResult.Stepped && trainer.state().step() < 18) {
                result = trainer.step();
            }

            assertThat(result).isInstanceOf(StepResult.Aborted.class);
            assertThat(((StepResult.Aborted) result).diagnosis())
                    .startsWith("coach and judge part: since the start the judge's mean score fell")
                    .endsWith("collect more comparisons, or lower klTargets");
            assertThat(result.metrics().getOrDefault("objective/judge_gap", 0.0))
                    .isGreaterThan(0.5);
            // Back where the judge still liked it: about where it began.
            assertThat(meanLiking(learners.policy())).isLessThan(before + 0.5);
        }
    }
}
