package io.thumbwheel.trainer.ppo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.model.AdamW;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.ScalarModel;
import io.thumbwheel.trainer.reward.Normalisation;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/// What PPO moves: policy and value model with their optimizers, and the last policy whose rollout
/// was sound. Owns all of them.
final class Learners implements AutoCloseable {

    private final Llama policy;
    private final ValueModel value;
    private final AdamW policyOptimizer;
    private final AdamW valueOptimizer;
    private final Llama lastGood;

    /// Takes policy and value model over.
    Learners(NDManager manager, Llama policy, ValueModel value, PpoConfig config) {
        AdamW.Settings settings = new AdamW.Settings(0.9, 0.999, config.adamEpsilon(), 0);
        this.policy = policy;
        this.value = value;
        this.policyOptimizer = new AdamW(policy.parameters(), settings);
        this.valueOptimizer = new AdamW(value.parameters(), settings);
        this.lastGood = policy.copy(manager);
    }

    Llama policy() {
        return policy;
    }

    ValueModel value() {
        return value;
    }

    AdamW policyOptimizer() {
        return policyOptimizer;
    }

    AdamW valueOptimizer() {
        return valueOptimizer;
    }

    /// The policy as it is now is sound.
    void rememberGood() {
        lastGood.set(policy);
    }

    /// Makes the policy the last one that was sound.
    void backToLastGood() {
        policy.set(lastGood);
    }

    /// Whether every weight is a number.
    boolean finite() {
        return finite(policy.parameters()) && finite(value.parameters());
    }

    private static boolean finite(Iterable<NDArray> parameters) {
        for (NDArray parameter : parameters) {
            FloatBuffer values = parameter.toByteBuffer(true).asFloatBuffer();
            float sum = 0;
            while (values.hasRemaining()) {
                sum += Math.abs(values.get());
            }
            if (!Float.isFinite(sum)) {
                return false;
            }
        }
        return true;
    }

    /// Writes everything below `folder`, each file whole or not at all.
    void save(Path folder) throws IOException {
        policy.save(folder.resolve("policy"));
        lastGood.save(folder.resolve("last-good"));
        value.network().save(folder.resolve("value"));
        policyOptimizer.save(folder.resolve("policy-optimizer.safetensors"));
        valueOptimizer.save(folder.resolve("value-optimizer.safetensors"));
    }

    /// What [#save] wrote.
    ///
    /// @param scale of the value model
    static Learners restored(NDManager manager, Path folder, Normalisation scale, PpoConfig config)
            throws IOException {
        Learners learners =
                new Learners(
                        manager,
                        Llama.load(manager, folder.resolve("policy")),
                        new ValueModel(ScalarModel.load(manager, folder.resolve("value")), scale),
                        config);
        try (Llama good = Llama.load(manager, folder.resolve("last-good"))) {
            learners.lastGood.set(good);
        }
        learners.policyOptimizer.restore(folder.resolve("policy-optimizer.safetensors"));
        learners.valueOptimizer.restore(folder.resolve("value-optimizer.safetensors"));
        return learners;
    }

    @Override
    public void close() {
        valueOptimizer.close();
        policyOptimizer.close();
        value.close();
        lastGood.close();
        policy.close();
    }
}
