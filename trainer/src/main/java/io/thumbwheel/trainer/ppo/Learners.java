package io.thumbwheel.trainer.ppo;

import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.model.AdamW;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.ScalarModel;
import io.thumbwheel.trainer.reward.Normalisation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// What PPO moves: policy and value model with their optimizers, the policy's moving average where
/// there is one, and the last candidate whose rollout was sound. Owns all of them.
final class Learners implements AutoCloseable {

    private static final String POLICY_OPTIMIZER = "policy-optimizer.safetensors";
    private static final String VALUE_OPTIMIZER = "value-optimizer.safetensors";

    private final Llama policy;
    private final AdamW policyOptimizer;
    private final Optional<Critic> critic;
    private final double averaging;
    private final Optional<Llama> average;
    private final Llama lastGood;

    /// Takes policy and value model over.
    ///
    /// @param value where the estimator has one
    Learners(NDManager manager, Llama policy, Optional<ValueModel> value, PpoConfig config) {
        AdamW.Settings settings = new AdamW.Settings(0.9, 0.999, config.adamEpsilon(), 0);
        this.policy = policy;
        policy.freeze(config.frozenLayers());
        value.ifPresent(model -> model.network().freeze(config.frozenLayers()));
        this.policyOptimizer = new AdamW(policy.learning(), settings);
        this.critic =
                value.map(model ->
                        new Critic(model, new AdamW(model.network().learning(), settings)));
        this.averaging = config.averaging();
        this.average = averaging > 0 ? Optional.of(policy.copy(manager)) : Optional.empty();
        this.lastGood = policy.copy(manager);
    }

    Llama policy() {
        return policy;
    }

    AdamW policyOptimizer() {
        return policyOptimizer;
    }

    /// The value model, where the estimator has one.
    Optional<Critic> critic() {
        return critic;
    }

    /// Ends where frozen layers are not the reference policy's: nothing could be shared then.
    ///
    /// @throws IllegalArgumentException says whose are others
    void requireShared(Llama reference, int layers) {
        if (!policy.sharesLower(reference, layers)) {
            throw new IllegalArgumentException(
                    "frozenLayers is %d, but the policy's first layers are not the reference policy's: it was trained without; set ppo.frozenLayers to 0, or begin from a policy whose lower layers never learned"
                            .formatted(layers));
        }
        if (critic.isPresent() && !critic.get().model().network().sharesLower(reference, layers)) {
            throw new IllegalArgumentException(
                    "frozenLayers is %d, but the reward model's first layers are not the reference policy's, and the value model begins as the reward model: train it on this policy with as many layers frozen (reward --freeze-layers %d; reward.frozenLayers in a refresh)"
                            .formatted(layers, layers));
        }
    }

    /// What would be released: the moving average where there is one, else the policy.
    Llama candidate() {
        return average.orElse(policy);
    }

    /// Moves the average after an update of the policy.
    void average() {
        average.ifPresent(moving -> moving.blend(policy, averaging));
    }

    /// The candidate as it is now is sound.
    void rememberGood() {
        lastGood.set(candidate());
    }

    /// Makes the candidate the last one that was sound.
    void backToLastGood() {
        candidate().set(lastGood);
    }

    /// Whether every weight is a number.
    boolean finite() {
        return policy.finite()
                && critic.stream().allMatch(learner -> learner.model().network().finite());
    }

    /// Writes everything below `folder`, each file whole or not at all.
    void save(Path folder) throws IOException {
        policy.save(folder.resolve("policy"));
        lastGood.save(folder.resolve("last-good"));
        if (average.isPresent()) {
            average.get().save(folder.resolve("average"));
        }
        policyOptimizer.save(folder.resolve(POLICY_OPTIMIZER));
        if (critic.isPresent()) {
            critic.get().model().network().save(folder.resolve("value"));
            critic.get().optimizer().save(folder.resolve(VALUE_OPTIMIZER));
        }
    }

    /// What [#save] wrote.
    ///
    /// @param scale of the value model
    static Learners restored(NDManager manager, Path folder, Normalisation scale, PpoConfig config)
            throws IOException {
        Optional<ValueModel> value = Optional.empty();
        if (config.estimator().critic()) {
            ScalarModel network = ScalarModel.load(manager, folder.resolve("value"));
            value = Optional.of(new ValueModel(network, scale));
        }
        Learners learners =
                new Learners(manager, Llama.load(manager, folder.resolve("policy")), value, config);
        restore(manager, learners.lastGood, folder.resolve("last-good"));
        if (learners.average.isPresent()) {
            restore(manager, learners.average.get(), folder.resolve("average"));
        }
        learners.policyOptimizer.restore(folder.resolve(POLICY_OPTIMIZER));
        if (learners.critic.isPresent()) {
            learners.critic.get().optimizer().restore(folder.resolve(VALUE_OPTIMIZER));
        }
        return learners;
    }

    private static void restore(NDManager manager, Llama model, Path folder) throws IOException {
        try (Llama saved = Llama.load(manager, folder)) {
            model.set(saved);
        }
    }

    @Override
    public void close() {
        critic.ifPresent(Critic::close);
        policyOptimizer.close();
        lastGood.close();
        average.ifPresent(Llama::close);
        policy.close();
    }
}
