package io.thumbwheel.trainer.ppo;

import io.thumbwheel.trainer.evaluation.AnswerStatistics;
import io.thumbwheel.trainer.reward.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is reported of a PPO step, by TRL's names where it has one:
///
/// | name | meaning |
/// |---|---|
/// | objective/scores | mean score before the penalty for a missing end |
/// | objective/judge_scores | the same by the judge, in the steps in which it is asked |
/// | objective/judge_gap | rise of the coach's mean since the start less that of the judge's |
/// | objective/kl | KL(π ‖ π_ref), k1, summed over an answer's tokens, mean over answers, nats |
/// | objective/entropy | −log π summed over an answer's tokens, mean over answers, nats |
/// | objective/non_score_reward | −β · KL |
/// | objective/rlhf_reward | score after the penalty − β · KL |
/// | objective/kl_coef | β |
/// | policy/entropy_avg | entropy of the distribution at a token, mean over tokens, nats |
/// | policy/approxkl_avg | ½ (log π − log π_old)², mean over tokens and updates |
/// | policy/clipfrac_avg | share of tokens whose ratio left [1 − ε, 1 + ε] |
/// | policy/first_ratio_deviation | greatest distance from 1 of a ratio before the policy moved; 0 |
/// | loss/policy_avg, loss/value_avg, loss/ptx_avg | mean over updates |
/// | val/ratio, val/ratio_var | mean over tokens of all updates, variance of the updates' means |
/// | val/clipfrac_avg | share of values that left [V_old − ε, V_old + ε] |
/// | value/explained_variance | 1 − var(return − value) / var(return) |
/// | policy/gradient_norm, value/gradient_norm | before clipping, mean over updates |
/// | episode/length, episode/eos_share, episode/distinct2 | of the rollout's answers |
/// | rollout/logprob_diff_mean, rollout/logprob_diff_max | sampler against trainer, per token, nats |
/// | time/rollout, time/score, time/forward, time/judge, time/update | seconds |
/// | eps | episodes per second |
final class PpoMetrics {

    private final SortedMap<String, Double> metrics = new TreeMap<>();

    /// What a rollout says of the policy that sampled it.
    ///
    /// @param bigrams over how many distinct-2 is measured
    void rollout(
            Rollout rollout,
            double[] scores,
            List<Experience.Evaluated> evaluated,
            int eosId,
            int bigrams) {
        double kl = 0;
        double surprise = 0;
        double entropy = 0;
        long tokens = 0;
        double penalised = 0;
        for (Experience.Evaluated microbatch : evaluated) {
            for (double answerKl : microbatch.kl()) {
                kl += answerKl;
            }
            for (double score : microbatch.scores()) {
                penalised += score;
            }
            for (int t = 0; t < microbatch.logProbs().length; t++) {
                surprise -= microbatch.logProbs()[t];
                entropy += microbatch.entropies()[t];
            }
            tokens += microbatch.logProbs().length;
        }
        int answers = rollout.answers().size();
        double sum = 0;
        for (double score : scores) {
            sum += score;
        }
        List<List<Integer>> ids = rollout.answers().stream().map(Answer::responseIds).toList();
        AnswerStatistics statistics = AnswerStatistics.of(ids, eosId, bigrams);
        put("objective/scores", sum / answers);
        put("objective/penalised_scores", penalised / answers);
        put("objective/kl", kl / answers);
        put("objective/entropy", surprise / answers);
        put("policy/entropy_avg", entropy / tokens);
        put("episode/length", statistics.meanTokens());
        put("episode/eos_share", statistics.eosShare());
        put("episode/distinct2", statistics.distinct2());
    }

    /// How far the sampler's log-probs are from the trainer's.
    void mismatch(List<float[]> sampled, List<float[]> computed) {
        double sum = 0;
        double greatest = 0;
        long tokens = 0;
        for (int row = 0; row < sampled.size(); row++) {
            for (int t = 0; t < sampled.get(row).length; t++) {
                double difference = Math.abs((double) sampled.get(row)[t] - computed.get(row)[t]);
                sum += difference;
                greatest = Math.max(greatest, difference);
                tokens++;
            }
        }
        put("rollout/logprob_diff_mean", sum / Math.max(1, tokens));
        put("rollout/logprob_diff_max", greatest);
    }

    /// By the names of TRL's GRPOTrainer.
    void importance(ImportanceWeights.Ratios ratios) {
        put("sampling/importance_sampling_ratio/mean", ratios.mean());
        put("sampling/importance_sampling_ratio/max", ratios.greatest());
    }

    /// 1 − var(return − value) / var(return).
    void explainedVariance(List<Experience> experiences) {
        List<Double> returns = new ArrayList<>();
        List<Double> errors = new ArrayList<>();
        for (Experience experience : experiences) {
            for (int t = 0; t < experience.tokens(); t++) {
                returns.add((double) experience.returns()[t]);
                errors.add((double) experience.returns()[t] - experience.values()[t]);
            }
        }
        put("value/explained_variance", 1 - variance(errors) / Math.max(1e-12, variance(returns)));
    }

    void put(String name, double value) {
        metrics.put(name, value);
    }

    double get(String name) {
        return metrics.getOrDefault(name, 0.0);
    }

    /// All of them so far.
    SortedMap<String, Double> named() {
        return new TreeMap<>(metrics);
    }

    static double variance(List<Double> values) {
        double mean = values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        return values.stream().mapToDouble(v -> (v - mean) * (v - mean)).average().orElse(0);
    }
}
