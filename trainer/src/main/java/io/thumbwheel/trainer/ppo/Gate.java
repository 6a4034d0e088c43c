package io.thumbwheel.trainer.ppo;

import io.thumbwheel.trainer.model.Llama;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/// Whether a candidate may serve: candidate, reference policy and serving release answer the same
/// held-out prompts, and a judge that PPO never saw scores all answers anew. Scores of different
/// reward models are never compared (Gao et al., arXiv:2210.10760: the model that is optimised
/// against overrates the policy).
final class Gate {

    private final GateConfig config;
    private final Comparison comparison;

    /// @param comparison of candidates by a judge that shares no rater with the coach
    Gate(GateConfig config, Comparison comparison) {
        this.config = config;
        this.comparison = comparison;
    }

    /// What the gate found.
    ///
    /// @param objection why the candidate may not serve, if so
    /// @param tooFar whether the objection is that it went too far, and not that it is no better
    /// @param scores by name
    /// @param samples some of the answers compared
    record Verdict(
            Optional<String> objection,
            boolean tooFar,
            SortedMap<String, Double> scores,
            List<SampledPair> samples) {}

    /// Asks the candidate.
    Verdict judge(Llama candidate) {
        Comparison.Measured measured = comparison.measure(candidate);
        SortedMap<String, Double> scores = measured.scores();
        Optional<String> notBetter = notBetter(scores);
        Optional<String> tooFar = notBetter.isPresent() ? Optional.empty() : tooFar(scores);
        return new Verdict(
                notBetter.or(() -> tooFar), tooFar.isPresent(), scores, measured.samples());
    }

    private Optional<String> notBetter(SortedMap<String, Double> scores) {
        for (Map.Entry<String, Double> score : scores.entrySet()) {
            if (!Double.isFinite(score.getValue())) {
                return Optional.of(score.getKey() + " is " + score.getValue());
            }
        }
        double overReference = value(scores, "gate/win_rate_vs_reference_low");
        double overServing = value(scores, "gate/win_rate_vs_serving_low");
        if (overReference <= config.minWinRateVsReference()) {
            return Optional.of(
                    "the judge's win rate over r0 is %.3f with lower bound %.3f; it must exceed %.2f"
                            .formatted(
                                    value(scores, "gate/win_rate_vs_reference"),
                                    overReference,
                                    config.minWinRateVsReference()));
        }
        if (overServing <= config.minWinRateVsServing()) {
            return Optional.of(
                    "the judge's win rate over the serving release is %.3f with lower bound %.3f; it must exceed %.2f"
                            .formatted(
                                    value(scores, "gate/win_rate_vs_serving"),
                                    overServing,
                                    config.minWinRateVsServing()));
        }
        return Optional.empty();
    }

    private Optional<String> tooFar(SortedMap<String, Double> scores) {
        double kl = value(scores, "gate/kl");
        double distinct2 = share(scores, "distinct2");
        double length = share(scores, "length");
        double ends = share(scores, "eos_share");
        if (kl > config.maxKl()) {
            return Optional.of(
                    "KL to r0 is %.2f nats per answer, the limit is %.2f"
                            .formatted(kl, config.maxKl()));
        }
        if (distinct2 < config.minDistinct2Share()) {
            return Optional.of(
                    "distinct-2 is %.0f%% of r0's, the limit is %.0f%%: answers are too alike"
                            .formatted(100 * distinct2, 100 * config.minDistinct2Share()));
        }
        if (length < config.minLengthShare() || length > config.maxLengthShare()) {
            return Optional.of(
                    "mean length is %.0f%% of r0's, the limits are %.0f%% and %.0f%%"
                            .formatted(
                                    100 * length,
                                    100 * config.minLengthShare(),
                                    100 * config.maxLengthShare()));
        }
        if (ends < config.minEosShare()) {
            return Optional.of(
                    "the share of answers that end is %.0f%% of r0's, the limit is %.0f%%"
                            .formatted(100 * ends, 100 * config.minEosShare()));
        }
        return Optional.empty();
    }

    private static double share(SortedMap<String, Double> scores, String what) {
        double reference = value(scores, "gate/reference_" + what);
        return reference == 0 ? 1 : value(scores, "gate/candidate_" + what) / reference;
    }

    private static double value(SortedMap<String, Double> scores, String name) {
        return scores.getOrDefault(name, 0.0);
    }
}
