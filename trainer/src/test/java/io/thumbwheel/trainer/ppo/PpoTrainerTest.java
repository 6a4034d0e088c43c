package io.thumbwheel.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.ScalarModel;
import io.thumbwheel.trainer.model.Step;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.Normalisation;
import io.thumbwheel.trainer.reward.PaddedBatch;
import io.thumbwheel.trainer.reward.Reward;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PpoTrainerTest {

    /// Pays for liked tokens.
    private static final Reward LIKING =
            answers -> answers.stream().mapToDouble(a -> Toy.liking(a.responseIds())).toArray();

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    private final Llama reference = Llama.random(manager, Toy.CONFIG, 3);
    private final List<List<Integer>> prompts = Toy.prompts(100, 1);

    @TempDir Path folder;

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void theFirstRatioIsOneToTheBit() {
        try (Learners learners = learners(Toy.ppo(4))) {
            PpoTrainer trainer = trainer(Toy.ppo(4), learners, LIKING, beginning());
            for (int step = 0; step < 5; step++) {
                SortedMap<String, Double> metrics = stepped(trainer);

                assertThat(metrics.getOrDefault("policy/first_ratio_deviation", 0.0)).isZero();
            }
        }
    }

    @Test
    void aSingleUpdateClipsNothing() {
        PpoConfig config = Toy.once();
        try (Learners learners = learners(config)) {
            SortedMap<String, Double> metrics =
                    stepped(trainer(config, learners, LIKING, beginning()));

            assertThat(metrics.get("policy/approxkl_avg")).isZero();
            assertThat(metrics.get("policy/clipfrac_avg")).isZero();
            assertThat(metrics.get("val/ratio")).isEqualTo(1);
        }
    }

    @Test
    void thePolicyIsAtNoDistanceFromItself() {
        try (Learners learners = learners(Toy.ppo(1))) {
            SortedMap<String, Double> metrics =
                    stepped(trainer(Toy.ppo(1), learners, LIKING, beginning()));

            assertThat(metrics.get("objective/kl")).isZero();
            assertThat(metrics.get("rollout/logprob_diff_max")).isLessThan(1e-4);
        }
    }

    @Test
    void valueStepsLeaveThePolicyAlone() {
        try (Learners learners = learners(Toy.ppo(4))) {
            PpoTrainer trainer = trainer(Toy.ppo(4), learners, LIKING, beginning());
            stepped(trainer);
            stepped(trainer);

            assertThat(weights(learners.policy())).isEqualTo(weights(reference));
        }
    }

    @ParameterizedTest
    @EnumSource(Estimator.class)
    void aRewardRaisesTheScoreAndItsNegativeLowersIt(Estimator estimator) {
        PpoConfig config = Toy.ppo(estimator, 16);
        double before = meanLiking(reference);

        double up = meanLikingAfter(config, LIKING);
        double down =
                meanLikingAfter(
                        config,
                        answers ->
                                Arrays.stream(LIKING.scores(answers))
                                        .map(score -> -score)
                                        .toArray());

        assertThat(up).as("before %f", before).isGreaterThan(before + 0.7);
        assertThat(down).as("before %f", before).isLessThan(before - 0.7);
    }

    @ParameterizedTest
    @EnumSource(
            value = Estimator.class,
            names = {"RLOO", "GRPO"})
    void withoutAValueModelTheFirstRatioIsOneTooAndNothingIsSaidOfValues(Estimator estimator) {
        PpoConfig config = Toy.ppo(estimator, 2);
        try (Learners learners = learners(config)) {
            SortedMap<String, Double> metrics =
                    stepped(trainer(config, learners, LIKING, beginning()));

            assertThat(metrics.get("policy/first_ratio_deviation")).isZero();
            assertThat(metrics).doesNotContainKey("loss/value_avg");
        }
    }

    @Test
    void aGreatKlCoefficientHoldsThePolicyAtTheReference() {
        try (Learners learners = learners(Toy.ppo(8))) {
            PpoTrainer trainer =
                    trainer(
                            Toy.ppo(8),
                            learners,
                            LIKING,
                            PpoState.beginning(KlController.of(100, 3, 1e9)));
            double kl = 0;
            for (int step = 0; step < 10; step++) {
                kl = stepped(trainer).getOrDefault("objective/kl", 99.0);
            }

            assertThat(kl).isBetween(-0.2, 0.2);
        }
    }

    @Test
    void goingOnFromACheckpointIsTheSameToTheBit() throws IOException {
        PpoConfig config = Toy.ppo(8);
        float[] uninterrupted;
        try (Learners learners = learners(config)) {
            PpoTrainer trainer = trainer(config, learners, LIKING, beginning());
            for (int step = 0; step < 5; step++) {
                stepped(trainer);
            }
            uninterrupted = weights(learners.policy());
        }

        RefreshFolder checkpoints = new RefreshFolder(folder);
        try (Learners learners = learners(config)) {
            PpoTrainer trainer = trainer(config, learners, LIKING, beginning());
            for (int step = 0; step < 3; step++) {
                stepped(trainer);
            }
            checkpoints.savePpo(learners, trainer.state(), Optional.empty());
        }
        RefreshFolder.Saved saved = new RefreshFolder(folder).newestPpo().orElseThrow();
        try (Learners learners =
                Learners.restored(manager, saved.folder(), Normalisation.NONE, config)) {
            PpoTrainer trainer = trainer(config, learners, LIKING, saved.state());
            stepped(trainer);
            stepped(trainer);

            assertThat(weights(learners.policy())).isEqualTo(uninterrupted);
        }
    }

    @Test
    void aSickPolicyStopsTheTrainingAndTheLastGoodOneStays() {
        PpoConfig config = Toy.ppo(8);
        try (Learners learners = learners(config)) {
            PpoTrainer trainer = trainer(config, learners, LIKING, beginning());
            stepped(trainer);
            NDArray embedding = learners.policy().parameters().getFirst();
            FloatBuffer values = embedding.toByteBuffer(true).asFloatBuffer();
            for (int i = 0; i < values.capacity(); i++) {
                values.put(i, values.get(i) * 30);
            }

            StepResult result = trainer.step();

            assertThat(result).isInstanceOf(StepResult.Aborted.class);
            assertThat(weights(learners.policy())).isEqualTo(weights(reference));
        }
    }

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

    @Test
    void paddingChangesNoLogProb() {
        Answer shorter = new Answer(List.of(1, 5), List.of(6, 7, 2));
        Answer longer = new Answer(List.of(1, 5, 9, 4), List.of(8, 8, 8, 8, 8, 8));
        RolloutSampler sampler = new RolloutSampler(manager, Toy.ppo(1), reference);
        try (Learners learners = learners(Toy.ppo(1))) {
            Experience.Evaluated alone =
                    sampler.evaluate(
                            reference,
                            learners.critic().map(Critic::model),
                            List.of(shorter),
                            new double[] {0});
            Experience.Evaluated padded =
                    sampler.evaluate(
                            reference,
                            learners.critic().map(Critic::model),
                            List.of(shorter, longer),
                            new double[] {0, 0});

            for (int t = 0; t < 3; t++) {
                assertThat(padded.logProbs()[t]).isCloseTo(alone.logProbs()[t], within(1e-5f));
                assertThat(padded.values()[t]).isCloseTo(alone.values()[t], within(1e-5f));
            }
        }
    }

    @Test
    void paddingGetsNoGradient() {
        List<Answer> answers =
                List.of(
                        new Answer(List.of(1, 5), List.of(6, 2)),
                        new Answer(List.of(1, 5), List.of(6, 7, 9, 2)));

        float[] withZeros = gradient(PaddedBatch.of(answers, 0));
        float[] withTwenties = gradient(PaddedBatch.of(answers, 20));

        assertThat(withTwenties).isEqualTo(withZeros);
        assertThat(withZeros).isNotEqualTo(new float[withZeros.length]);
    }

    /// Gradient of the loss by the embedding, which holds the input side of every token.
    private float[] gradient(PaddedBatch batch) {
        try (Llama policy = reference.copy(manager);
                Step step = Step.open(manager)) {
            step.backward(() ->
                    PpoLoss.policy(
                            RolloutSampler.logProbs(step, policy, batch, 1),
                            new float[6],
                            new float[] {1, -1, 2, 1, 0.5f, 1},
                            6,
                            Toy.ppo(1)));
            return policy.parameters().getFirst().getGradient().toFloatArray();
        }
    }

    private double meanLikingAfter(PpoConfig config, Reward reward) {
        try (Learners learners = learners(config)) {
            PpoTrainer trainer = trainer(config, learners, reward, beginning());
            for (int step = 0; step < 14; step++) {
                stepped(trainer);
            }
            return meanLiking(learners.policy());
        }
    }

    private double meanLiking(Llama policy) {
        return Toy.meanLiking(
                new RolloutSampler(manager, Toy.ppo(1), reference)
                        .answers(policy, Toy.prompts(300, 99), 17));
    }

    private Learners learners(PpoConfig config) {
        if (!config.estimator().critic()) {
            return new Learners(manager, reference.copy(manager), Optional.empty(), config);
        }
        ScalarModel network =
                ScalarModel.from(
                        manager, reference, new ScalarModel.Heads(new float[32], new float[32]));
        return new Learners(
                manager,
                reference.copy(manager),
                Optional.of(new ValueModel(network, Normalisation.NONE)),
                config);
    }

    private PpoTrainer trainer(PpoConfig config, Learners learners, Reward reward, PpoState state) {
        return trainer(config, learners, reward, Optional.empty(), state);
    }

    private PpoTrainer trainer(
            PpoConfig config,
            Learners learners,
            Reward reward,
            Optional<Reward> judge,
            PpoState state) {
        return new PpoTrainer(
                manager,
                config,
                reference,
                learners,
                reward,
                judge,
                prompts,
                List.of(),
                new Seeds(7),
                state);
    }

    private static PpoState beginning() {
        return PpoState.beginning(KlController.of(0.05, 3, 500));
    }

    private static SortedMap<String, Double> stepped(PpoTrainer trainer) {
        return switch (trainer.step()) {
            case StepResult.Stepped stepped -> stepped.metrics();
            case StepResult.Aborted aborted ->
                    throw new AssertionError(aborted.diagnosis() + " " + aborted.metrics());
        };
    }

    private static float[] weights(Llama policy) {
        int size = policy.parameters().stream().mapToInt(p -> (int) p.size()).sum();
        float[] weights = new float[size];
        int start = 0;
        for (NDArray parameter : policy.parameters()) {
            float[] values = parameter.toFloatArray();
            System.arraycopy(values, 0, weights, start, values.length);
            start += values.length;
        }
        return weights;
    }
}
