package io.thumbwheel.trainer.ppo;

import java.util.Map;
import java.util.Optional;

/// When PPO has to stop: reward goes on rising while a policy collapses, and KL, entropy and length
/// show it first (Zheng et al., arXiv:2307.04964, section 5.2).
///
/// @param maxKl nats per answer away from the reference policy
/// @param minKl a KL estimate below this comes from a mismatch of sampler and trainer, not from
///   tuning
/// @param minEntropyShare least entropy as a share of the first rollout's
/// @param maxLengthShare greatest mean length as a share of the first rollout's
/// @param minLengthShare least mean length as a share of the first rollout's
/// @param minEosShare least share of answers that end by themselves, as a share of the first
///   rollout's
/// @param maxLogProbDifference greatest difference between sampler's and trainer's log-prob of a
///   token
public record PolicyGuard(
        double maxKl,
        double minKl,
        double minEntropyShare,
        double maxLengthShare,
        double minLengthShare,
        double minEosShare,
        double maxLogProbDifference) {
    public PolicyGuard {
        if (!(maxKl > 0 && minKl <= 0 && maxLengthShare > 1 && minLengthShare < 1)) {
            throw new IllegalArgumentException(
                    "maxKl must be above 0, minKl at most 0, maxLengthShare above and"
                            + " minLengthShare below 1");
        }
    }

    /// The defaults.
    public static PolicyGuard standard() {
        return new PolicyGuard(10, -1, 0.3, 2, 0.4, 0.5, 1e-2);
    }

    /// What is wrong with a rollout, in words.
    ///
    /// @param first metrics of the first rollout of the refresh
    /// @param now metrics of this rollout
    Optional<String> diagnose(Map<String, Double> first, Map<String, Double> now) {
        for (Map.Entry<String, Double> metric : now.entrySet()) {
            if (!Double.isFinite(metric.getValue())) {
                return Optional.of(
                        "%s is %s: training diverged; lower the learning rate"
                                .formatted(metric.getKey(), metric.getValue()));
            }
        }
        double kl = value(now, "objective/kl");
        double entropyShare = share(first, now, "policy/entropy_avg");
        double lengthShare = share(first, now, "episode/length");
        double eosShare = share(first, now, "episode/eos_share");
        if (kl > maxKl) {
            return Optional.of(
                    "KL to the reference policy is %.2f nats per answer, above the stop at %.2f: raise the KL coefficient or lower its target"
                            .formatted(kl, maxKl));
        }
        if (kl < minKl) {
            return Optional.of(
                    "KL to the reference policy is %.2f nats per answer: below 0 means that sampler and trainer disagree"
                            .formatted(kl));
        }
        if (value(now, "rollout/logprob_diff_max") > maxLogProbDifference) {
            return Optional.of(
                    "sampler and trainer differ by %.2g in a log-prob, above %.2g: check temperature, padding and positions"
                            .formatted(
                                    value(now, "rollout/logprob_diff_max"), maxLogProbDifference));
        }
        if (entropyShare < minEntropyShare) {
            return Optional.of(
                    "entropy fell to %.0f%% of its start: the policy says the same to everything"
                            .formatted(100 * entropyShare));
        }
        if (lengthShare > maxLengthShare || lengthShare < minLengthShare) {
            return Optional.of(
                    "mean length went to %.0f%% of its start: the reward model pays for length"
                            .formatted(100 * lengthShare));
        }
        if (eosShare < minEosShare) {
            return Optional.of(
                    "the share of answers that end fell to %.0f%% of its start"
                            .formatted(100 * eosShare));
        }
        return Optional.empty();
    }

    private static double value(Map<String, Double> metrics, String name) {
        return metrics.getOrDefault(name, 0.0);
    }

    private static double share(Map<String, Double> first, Map<String, Double> now, String name) {
        double start = value(first, name);
        return start <= 0 ? 1 : value(now, name) / start;
    }
}
