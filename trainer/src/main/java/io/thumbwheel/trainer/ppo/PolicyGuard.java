package io.thumbwheel.trainer.ppo;

import java.util.Map;
import java.util.Optional;

/// When PPO has to stop: reward goes on rising while a policy collapses, and KL, entropy and length
/// show it first (Zheng et al., arXiv:2307.04964, section 5.2). Every diagnosis says what happened,
/// the likely cause, and which setting to change.
///
/// @param maxKl nats per answer away from the reference policy; a refresh that begins close to it
///   may go a fifth beyond while it comes back
/// @param minKl a KL estimate below this comes from a mismatch of sampler and trainer, not from
///   tuning
/// @param minEntropyShare least entropy as a share of the first rollout's
/// @param maxLengthShare greatest mean length as a share of the first rollout's
/// @param minLengthShare least mean length as a share of the first rollout's
/// @param minEosShare least share of answers that end by themselves, as a share of the first
///   rollout's
/// @param minDistinct2Share least distinct-2 as a share of the first rollout's; policies that got
///   through the gate had 74% and more (`docs/ppo-sweep.md`)
/// @param maxLogProbDifference greatest difference between sampler's and trainer's log-prob of a
///   token
public record PolicyGuard(
        double maxKl,
        double minKl,
        double minEntropyShare,
        double maxLengthShare,
        double minLengthShare,
        double minEosShare,
        double minDistinct2Share,
        double maxLogProbDifference) {
    /// A rollout's KL is an estimate from a few dozen answers.
    private static final double LEEWAY = 1.2;

    public PolicyGuard {
        if (!(maxKl > 0 && minKl <= 0 && maxLengthShare > 1 && minLengthShare < 1)) {
            throw new IllegalArgumentException(
                    "maxKl must be above 0, minKl at most 0, maxLengthShare above and"
                            + " minLengthShare below 1");
        }
    }

    /// The defaults.
    public static PolicyGuard standard() {
        return new PolicyGuard(10, -1, 0.3, 2, 0.4, 0.5, 0.5, 1e-2);
    }

    /// Nats per answer that leave a refresh room to move.
    double mostHeld() {
        return 0.8 * maxKl;
    }

    /// What is wrong with a rollout, in words.
    ///
    /// @param first metrics of the first rollout of the refresh
    /// @param now metrics of this rollout
    Optional<String> diagnose(Map<String, Double> first, Map<String, Double> now) {
        return notFinite(now)
                .or(() -> farAway(first, now))
                .or(() -> mismatch(now))
                .or(() -> collapse(first, now));
    }

    private static Optional<String> notFinite(Map<String, Double> now) {
        return now.entrySet().stream()
                .filter(metric -> !Double.isFinite(metric.getValue()))
                .findFirst()
                .map(metric ->
                        "%s is %s: the training diverged; lower ppo.policyLearningRate"
                                .formatted(metric.getKey(), metric.getValue()));
    }

    private Optional<String> mismatch(Map<String, Double> now) {
        double difference = value(now, "rollout/logprob_diff_max");
        if (difference > maxLogProbDifference) {
            return Optional.of(
                    "sampler and trainer differ by %.2g in a log-prob, above ppo.limits.maxLogProbDifference = %.2g: they compute different policies, by temperature, padding or positions; set ppo.temperature to 1, and if that does not help keep the run's folder for a report"
                            .formatted(difference, maxLogProbDifference));
        }
        double kl = value(now, "objective/kl");
        if (kl < minKl) {
            return Optional.of(
                    "KL to the reference policy is estimated at %.2f nats per answer, below ppo.limits.minKl = %.2f: a KL is never below 0, so answers are not samples of the policy that is trained, or too few; raise ppo.episodes or set ppo.temperature to 1"
                            .formatted(kl, minKl));
        }
        return Optional.empty();
    }

    private Optional<String> farAway(Map<String, Double> first, Map<String, Double> now) {
        double kl = value(now, "objective/kl");
        double stop = Math.clamp(LEEWAY * value(first, "objective/kl"), maxKl, LEEWAY * maxKl);
        return kl <= stop
                ? Optional.empty()
                : Optional.of(
                        "KL to the reference policy is %.2f nats per answer, above the stop at %.2f (ppo.limits.maxKl = %.2f): the reward outweighs the penalty; lower klTargets or ppo.policyLearningRate, or raise ppo.initialKlCoefficient, which counts in a first refresh"
                                .formatted(kl, stop, maxKl));
    }

    private Optional<String> collapse(Map<String, Double> first, Map<String, Double> now) {
        double entropy = share(first, now, "policy/entropy_avg");
        double length = share(first, now, "episode/length");
        double eos = share(first, now, "episode/eos_share");
        double distinct2 = share(first, now, "episode/distinct2");
        if (entropy < minEntropyShare) {
            return fell(
                    "entropy",
                    entropy,
                    "minEntropyShare",
                    "the policy says the same to everything; lower ppo.policyLearningRate, or raise ppo.initialKlCoefficient, which counts in a first refresh");
        }
        if (length > maxLengthShare) {
            return Optional.of(
                    "mean length rose to %.0f%% of its start, above ppo.limits.maxLengthShare: the reward model pays for length; collect comparisons that the shorter answer wins, or raise ppo.initialKlCoefficient, which counts in a first refresh"
                            .formatted(100 * length));
        }
        if (length < minLengthShare) {
            return fell(
                    "mean length",
                    length,
                    "minLengthShare",
                    "the reward model pays for brevity; collect comparisons that the longer answer wins, or raise ppo.initialKlCoefficient, which counts in a first refresh");
        }
        if (eos < minEosShare) {
            return fell(
                    "the share of answers that end",
                    eos,
                    "minEosShare",
                    "the policy forgets how to end; raise ppo.shaping.missingEosPenalty or ppo.maxResponseTokens");
        }
        if (distinct2 < minDistinct2Share) {
            return fell(
                    "distinct-2",
                    distinct2,
                    "minDistinct2Share",
                    "the policy repeats itself; raise ppo.ptxCoefficient, or ppo.initialKlCoefficient, which counts in a first refresh");
        }
        return Optional.empty();
    }

    private static Optional<String> fell(String what, double share, String limit, String cause) {
        return Optional.of(
                "%s fell to %.0f%% of its start, below ppo.limits.%s: %s"
                        .formatted(what, 100 * share, limit, cause));
    }

    private static double value(Map<String, Double> metrics, String name) {
        return metrics.getOrDefault(name, 0.0);
    }

    private static double share(Map<String, Double> first, Map<String, Double> now, String name) {
        double start = value(first, name);
        return start <= 0 ? 1 : value(now, name) / start;
    }
}
