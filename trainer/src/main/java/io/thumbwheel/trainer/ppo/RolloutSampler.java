package io.thumbwheel.trainer.ppo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import io.thumbwheel.trainer.model.DecoderInput;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.Sampler;
import io.thumbwheel.trainer.model.Step;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.PaddedBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Samples answers, and evaluates them with policy, reference policy and value model.
final class RolloutSampler {

    private static final int BATCH = 64;

    private final NDManager manager;
    private final PpoConfig config;
    private final Llama reference;

    RolloutSampler(NDManager manager, PpoConfig config, Llama reference) {
        this.manager = manager;
        this.config = config;
        this.reference = reference;
    }

    /// The token that ends an answer.
    int eosId() {
        return reference.config().eosId();
    }

    /// One answer per prompt, from the whole distribution: no top-k, no top-p.
    Rollout sample(Llama policy, List<List<Integer>> prompts, long seed) {
        List<Sampler.Sampled> sampled =
                Sampler.sample(
                        policy, prompts, config.temperature(), config.maxResponseTokens(), seed);
        List<Answer> answers = new ArrayList<>(prompts.size());
        List<float[]> logProbs = new ArrayList<>(prompts.size());
        for (int i = 0; i < prompts.size(); i++) {
            answers.add(new Answer(prompts.get(i), sampled.get(i).tokenIds()));
            logProbs.add(floats(sampled.get(i).logProbs()));
        }
        return new Rollout(answers, logProbs);
    }

    /// The answers of [#sample] alone.
    List<Answer> answers(Llama policy, List<List<Integer>> prompts, long seed) {
        return sample(policy, prompts, seed).answers();
    }

    /// KL(π ‖ π_ref) by k1 on answers that π sampled, mean over answers, nats.
    double kl(Llama policy, List<Answer> answers) {
        double sum = 0;
        for (int from = 0; from < answers.size(); from += BATCH) {
            PaddedBatch batch =
                    PaddedBatch.of(
                            answers.subList(from, Math.min(from + BATCH, answers.size())),
                            policy.config().padId());
            try (Step step = Step.open(manager)) {
                sum +=
                        TokenRewards.kl(
                                logProbs(step, policy, batch, config.temperature()).toFloatArray(),
                                logProbs(step, reference, batch, config.temperature())
                                        .toFloatArray());
            }
        }
        return sum / answers.size();
    }

    /// A microbatch as the models see it, by the same forward pass that the update uses. Without a
    /// value model all values are 0.
    ///
    /// @param owner of what frozen layers say of it
    Experience.Evaluated evaluate(
            NDManager owner,
            Llama policy,
            Optional<ValueModel> value,
            List<Answer> answers,
            double[] scores) {
        PaddedBatch batch = PaddedBatch.of(answers, policy.config().padId());
        try (Step step = Step.open(manager)) {
            Optional<DecoderInput.Trunk> trunk = trunk(owner, step, batch);
            DecoderInput input = Experience.input(trunk, batch, step.manager());
            Llama.Likelihood likelihood =
                    policy.likelihoodAt(
                            input,
                            step.manager().create(batch.beforePositions()),
                            step.manager().create(batch.responseIds()),
                            config.temperature());
            return new Experience.Evaluated(
                    answers,
                    batch,
                    trunk,
                    scores,
                    likelihood.logProbs().toFloatArray(),
                    logProbs(step, reference, input, batch, config.temperature()).toFloatArray(),
                    likelihood.entropy().toFloatArray(),
                    value.map(critic -> critic.values(step.manager(), input, batch).toFloatArray())
                            .orElseGet(() -> new float[batch.tokens()]));
        }
    }

    /// What the frozen layers say of a microbatch, where there are some.
    private Optional<DecoderInput.Trunk> trunk(NDManager owner, Step step, PaddedBatch batch) {
        if (config.frozenLayers() == 0) {
            return Optional.empty();
        }
        DecoderInput.Trunk trunk =
                reference.trunk(batch.tokens(step.manager()), config.frozenLayers());
        trunk.hidden().attach(owner);
        NDScope.unregister(trunk.hidden());
        return Optional.of(trunk);
    }

    /// Log-prob of each response token, differentiable [tokens].
    static NDArray logProbs(Step step, Llama policy, PaddedBatch batch, double temperature) {
        return logProbs(
                step,
                policy,
                new DecoderInput.Tokens(batch.tokens(step.manager())),
                batch,
                temperature);
    }

    /// The same from what is known of the batch.
    static NDArray logProbs(
            Step step, Llama policy, DecoderInput input, PaddedBatch batch, double temperature) {
        return policy.logProbsAt(
                input,
                step.manager().create(batch.beforePositions()),
                step.manager().create(batch.responseIds()),
                temperature);
    }

    private static float[] floats(List<Float> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i);
        }
        return floats;
    }
}
