package io.thumbwheel.trainer.ppo;

/// How PPO runs. Batch sizes follow: episodes / minibatches per update, computed in microbatches.
///
/// @param estimator where advantages come from: PPO, RLOO or GRPO
/// @param group answers to each prompt, for the estimators that compare them; PPO asks once
/// @param frozenLayers lower layers that stay those of the reference policy, with its embedding, in
///   policy and value model; what they say of an answer is computed once for all three (trlX's
///   "hydra" models, https://github.com/CarperAI/trlx); 0: all layers learn
/// @param steps rollouts with updates of policy and value model
/// @param valueSteps rollouts before them that train the value model only (Zheng et al.,
///   arXiv:2307.04964, section 5.3: critic pre-training); none without a value model
/// @param episodes answers per rollout
/// @param epochs passes over a rollout (Schulman et al., arXiv:1707.06347, algorithm 1: K; one, as
///   in InstructGPT, C.4, learns per second what two do)
/// @param minibatches updates per pass
/// @param microbatch answers per forward pass; divides episodes / minibatches
/// @param maxResponseTokens where answers are cut
/// @param temperature of rollouts, and what logits are divided by in training
/// @param policyLearningRate after a warm-up of `warmUpUpdates`, before `schedule`
/// @param valueLearningRate before `schedule`
/// @param warmUpUpdates updates over which the policy's rate rises linearly
/// @param schedule how both rates fall over the updates of the policy
/// @param averaging d of the policy's moving average, `average ← d · average + (1 − d) · policy`
///   after each update, which then is the candidate (InstructGPT, arXiv:2203.02155, C.4, has
///   0.992); 0: the candidate is the policy itself
/// @param gamma discount; 1 for text
/// @param lambda of generalized advantage estimation, 0.95 (arXiv:1506.02438)
/// @param clip ε of the ratio, 0.2 (arXiv:1707.06347, eq. 7)
/// @param valueClip ε of the value in deviations of the score (Huang et al., arXiv:2403.17031,
///   detail 19, has 0.2; a value model that learns for minutes and not for hours cannot be held so
///   tight)
/// @param dualClip c: the loss of a bad token stays below c · |A| (Ye et al., arXiv:1912.09729, eq.
///   5)
/// @param gradientClip greatest gradient norm
/// @param adamEpsilon 1e-5 (arXiv:2403.17031, detail 20)
/// @param initialKlCoefficient β of the first refresh; later ones go on with what the last one left
/// @param klHorizon of the controller, in episodes (arXiv:1909.08593 has 10,000 at 1M episodes; a
///   refresh has about 1,500); a very great one holds β
/// @param shaping what becomes of scores
/// @param importanceCap greatest weight of a token whose likelihood the trainer computes otherwise
///   than the sampler did ([ImportanceWeights]); 0: all weigh 1
/// @param ptxCoefficient weight of −log π on demonstrations or, without any, on samples of the
///   reference policy (InstructGPT, arXiv:2203.02155, eq. 2)
/// @param ptxExamples texts per update
/// @param checkpointEvery steps between checkpoints
/// @param limits when to stop
/// @param watch when coach and judge have parted, which stops it too; a run without a judge has
///   none
public record PpoConfig(
        Estimator estimator,
        int group,
        int frozenLayers,
        int steps,
        int valueSteps,
        int episodes,
        int epochs,
        int minibatches,
        int microbatch,
        int maxResponseTokens,
        double temperature,
        double policyLearningRate,
        double valueLearningRate,
        int warmUpUpdates,
        RateSchedule schedule,
        double averaging,
        double gamma,
        double lambda,
        double clip,
        double valueClip,
        double dualClip,
        double gradientClip,
        double adamEpsilon,
        double initialKlCoefficient,
        double klHorizon,
        ScoreShaping shaping,
        double importanceCap,
        double ptxCoefficient,
        int ptxExamples,
        int checkpointEvery,
        PolicyGuard limits,
        JudgeWatch watch) {
    public PpoConfig {
        valueSteps = estimator.critic() ? valueSteps : 0;
        positive(group, "group");
        positive(steps, "steps");
        positive(episodes, "episodes");
        positive(epochs, "epochs");
        positive(minibatches, "minibatches");
        positive(microbatch, "microbatch");
        positive(maxResponseTokens, "maxResponseTokens");
        positive(checkpointEvery, "checkpointEvery");
        positive(temperature, "temperature");
        positive(policyLearningRate, "policyLearningRate");
        positive(valueLearningRate, "valueLearningRate");
        positive(clip, "clip");
        positive(valueClip, "valueClip");
        positive(gradientClip, "gradientClip");
        positive(adamEpsilon, "adamEpsilon");
        positive(initialKlCoefficient, "initialKlCoefficient");
        positive(klHorizon, "klHorizon");
        if (episodes % (minibatches * microbatch) != 0) {
            throw new IllegalArgumentException(
                    "episodes must be a multiple of minibatches x microbatch, got %d, %d and %d"
                            .formatted(episodes, minibatches, microbatch));
        }
        if (!estimator.critic() && (group < 2 || episodes % group != 0)) {
            throw new IllegalArgumentException(
                    "%s compares answers to one prompt: group must be above 1 and divide episodes, got %d and %d"
                            .formatted(estimator, group, episodes));
        }
        if (!(gamma > 0 && gamma <= 1 && lambda >= 0 && lambda <= 1)) {
            throw new IllegalArgumentException(
                    "gamma must be in (0, 1] and lambda in [0, 1], got %s and %s"
                            .formatted(gamma, lambda));
        }
        if (dualClip <= 1) {
            throw new IllegalArgumentException("dualClip must be above 1, got " + dualClip);
        }
        if (frozenLayers < 0 || valueSteps < 0 || warmUpUpdates < 0 || ptxExamples < 0) {
            throw new IllegalArgumentException(
                    "frozenLayers, valueSteps, warmUpUpdates and ptxExamples cannot be negative");
        }
        if (!(ptxCoefficient >= 0 && averaging >= 0 && averaging < 1)) {
            throw new IllegalArgumentException(
                    "ptxCoefficient cannot be negative and averaging must be in [0, 1), got %s and %s"
                            .formatted(ptxCoefficient, averaging));
        }
        if (!(importanceCap == 0 || importanceCap >= 1)) {
            throw new IllegalArgumentException(
                    "importanceCap must be 0 or at least 1, got " + importanceCap);
        }
    }

    /// The defaults for a policy of a few million parameters; `docs/ppo-sweep.md` has the
    /// measurements.
    public static PpoConfig standard() {
        return new PpoConfig(
                Estimator.GAE,
                4,
                0,
                24,
                5,
                64,
                1,
                4,
                16,
                48,
                1,
                5e-5,
                5e-4,
                4,
                RateSchedule.CONSTANT,
                0,
                1,
                0.95,
                0.2,
                1,
                3,
                1,
                1e-5,
                0.2,
                150,
                ScoreShaping.standard(),
                2,
                0.02,
                4,
                4,
                PolicyGuard.standard(),
                JudgeWatch.standard());
    }

    /// Answers to each prompt of a rollout.
    public int answersPerPrompt() {
        return estimator.critic() ? 1 : group;
    }

    /// Updates of the policy in a whole run.
    long updates() {
        return (long) steps * epochs * minibatches;
    }

    /// Answers per update.
    public int minibatch() {
        return episodes / minibatches;
    }

    private static void positive(double value, String name) {
        if (!(value > 0)) {
            throw new IllegalArgumentException(name + " must be above 0, got " + value);
        }
    }
}
