package io.thumbwheel.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.Step;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.Normalisation;
import io.thumbwheel.trainer.reward.PaddedBatch;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PpoTrainerTest extends ToyTraining {

    @TempDir Path folder;

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

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.9})
    void goingOnFromTheCheckpointBeforeATornOneIsTheSameToTheBit(double averaging)
            throws IOException {
        PpoConfig config = Toy.with(Toy.ppo(8), "averaging", averaging);
        float[] uninterrupted;
        try (Learners learners = learners(config)) {
            PpoTrainer trainer = trainer(config, learners, LIKING, beginning());
            for (int step = 0; step < 5; step++) {
                stepped(trainer);
            }
            uninterrupted = weights(learners.candidate());
        }

        RefreshFolder checkpoints = new RefreshFolder(folder);
        try (Learners learners = learners(config)) {
            PpoTrainer trainer = trainer(config, learners, LIKING, beginning());
            for (int step = 0; step < 3; step++) {
                stepped(trainer);
            }
            checkpoints.savePpo(learners, trainer.state(), Optional.empty());
            stepped(trainer);
            checkpoints.savePpo(learners, trainer.state(), Optional.empty());
        }
        Files.delete(folder.resolve("ppo/latest/policy-optimizer.safetensors"));
        RefreshFolder.Saved saved = new RefreshFolder(folder).newestPpo().orElseThrow();
        assertThat(saved.state().step()).isEqualTo(3);
        try (Learners learners =
                Learners.restored(manager, saved.folder(), Normalisation.NONE, config)) {
            PpoTrainer trainer = trainer(config, learners, LIKING, saved.state());
            stepped(trainer);
            stepped(trainer);

            assertThat(weights(learners.candidate())).isEqualTo(uninterrupted);
        }
    }

    @ParameterizedTest
    @EnumSource(Estimator.class)
    void withFrozenLayersTheFirstRatioIsOneAndOnlyUpperLayersLearn(Estimator estimator) {
        PpoConfig config = Toy.with(Toy.ppo(estimator, 3), "frozenLayers", 1);
        try (Learners learners = learners(config)) {
            PpoTrainer trainer = trainer(config, learners, LIKING, beginning());
            for (int step = 0; step < 4; step++) {
                SortedMap<String, Double> metrics = stepped(trainer);

                assertThat(metrics.getOrDefault("policy/first_ratio_deviation", 0.0)).isZero();
            }

            Llama policy = learners.policy();
            assertThat(policy.sharesLower(reference, 1)).isTrue();
            assertThat(weights(policy)).isNotEqualTo(weights(reference));
        }
    }

    @Test
    void oneStepWithASharedTrunkIsThatOfTheSameLayersApart() {
        PpoConfig shared = Toy.with(Toy.once(), "frozenLayers", 1);
        float[] together;
        try (Learners learners = learners(shared)) {
            stepped(trainer(shared, learners, LIKING, beginning()));
            together = weights(learners.policy());
        }
        try (Learners learners = learners(shared)) {
            stepped(trainer(Toy.once(), learners, LIKING, beginning()));

            assertThat(weights(learners.policy())).containsExactly(together, within(1e-6f));
        }
    }

    @Test
    void aPolicyWhoseLowerLayersLearnedSharesNothing() {
        PpoConfig config = Toy.with(Toy.ppo(2), "frozenLayers", 1);
        try (Learners learners = learners(config);
                Llama other = Llama.random(manager, Toy.CONFIG, 4)) {
            learners.policy().set(other);

            assertThatThrownBy(() -> trainer(config, learners, LIKING, beginning()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(
                            "frozenLayers is 1, but the policy's first layers are not the reference policy's");
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
    void aRefreshThatBeginsAtTheStopGoesOnAndComesBack() {
        PpoState beginning = PpoState.beginning(KlController.of(0.2, 0.01, 150));
        PpoConfig free = Toy.with(Toy.ppo(8), "limits", stopAt(1000));
        try (Learners learners = learners(free);
                Llama other = Llama.random(manager, Toy.CONFIG, 2)) {
            learners.policy().set(other);
            double kl =
                    stepped(trainer(free, learners, LIKING, beginning))
                            .getOrDefault("objective/kl", 0.0);
            double stop = 0.95 * kl;
            PpoTrainer trainer =
                    trainer(Toy.with(free, "limits", stopAt(stop)), learners, LIKING, beginning);

            stepped(trainer);

            assertThat(stop).isPositive();
            assertThat(trainer.state().controller().begin()).isEqualTo(kl);
            assertThat(trainer.state().controller().target()).isEqualTo(0.8 * stop);
        }
    }

    private static PolicyGuard stopAt(double kl) {
        return new PolicyGuard(kl, -1, 0.1, 5, 0.1, 0, 0, 1e-2);
    }

    @Test
    void paddingChangesNoLogProb() {
        Answer shorter = new Answer(List.of(1, 5), List.of(6, 7, 2));
        Answer longer = new Answer(List.of(1, 5, 9, 4), List.of(8, 8, 8, 8, 8, 8));
        RolloutSampler sampler = new RolloutSampler(manager, Toy.ppo(1), reference);
        try (Learners learners = learners(Toy.ppo(1))) {
            Experience.Evaluated alone =
                    sampler.evaluate(
                            manager,
                            reference,
                            learners.critic().map(Critic::model),
                            List.of(shorter),
                            new double[] {0});
            Experience.Evaluated padded =
                    sampler.evaluate(
                            manager,
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
}
