package io.thumbwheel.trainer.ppo;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.ScalarModel;
import io.thumbwheel.trainer.reward.Normalisation;
import io.thumbwheel.trainer.reward.Reward;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;

/// A trainer of the toy policy whose steps a test takes one by one.
abstract class ToyTraining {

    /// Pays for liked tokens.
    static final Reward LIKING =
            answers -> answers.stream().mapToDouble(a -> Toy.liking(a.responseIds())).toArray();

    final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    final Llama reference = Llama.random(manager, Toy.CONFIG, 3);
    final List<List<Integer>> prompts = Toy.prompts(100, 1);

    @AfterEach
    void close() {
        manager.close();
    }

    final double meanLikingAfter(PpoConfig config, Reward reward) {
        try (Learners learners = learners(config)) {
            PpoTrainer trainer = trainer(config, learners, reward, beginning());
            for (int step = 0; step < 14; step++) {
                stepped(trainer);
            }
            return meanLiking(learners.policy());
        }
    }

    final double meanLiking(Llama policy) {
        return Toy.meanLiking(
                new RolloutSampler(manager, Toy.ppo(1), reference)
                        .answers(policy, Toy.prompts(300, 99), 17));
    }

    final Learners learners(PpoConfig config) {
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

    final PpoTrainer trainer(PpoConfig config, Learners learners, Reward reward, PpoState state) {
        return trainer(config, learners, reward, Optional.empty(), state);
    }

    final PpoTrainer trainer(
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

    static PpoState beginning() {
        return PpoState.beginning(KlController.of(0.05, 3, 500));
    }

    static SortedMap<String, Double> stepped(PpoTrainer trainer) {
        return switch (trainer.step()) {
            case StepResult.Stepped stepped -> stepped.metrics();
            case StepResult.Aborted aborted ->
                    throw new AssertionError(aborted.diagnosis() + " " + aborted.metrics());
        };
    }

    static float[] weights(Llama policy) {
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
