package io.thumbwheel.trainer.ppo;

import io.thumbwheel.trainer.evaluation.AnswerStatistics;
import io.thumbwheel.trainer.evaluation.WinRate;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.Reward;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Whether a candidate may serve: candidate, reference policy and serving release answer the same
/// held-out prompts, and a judge that PPO never saw scores all answers anew. Scores of different
/// reward models are never compared (Gao et al., arXiv:2210.10760: the model that is optimised
/// against overrates the policy).
final class Gate {

    private final GateConfig config;
    private final RolloutSampler sampler;
    private final Seeds seeds;

    Gate(GateConfig config, RolloutSampler sampler, Seeds seeds) {
        this.config = config;
        this.sampler = sampler;
        this.seeds = seeds;
    }

    /// What the gate found.
    ///
    /// @param objection why the candidate may not serve, if so
    /// @param tooFar whether the objection is that it went too far, and not that it is no better
    /// @param scores by name
    record Verdict(Optional<String> objection, boolean tooFar, SortedMap<String, Double> scores) {}

    /// Compares the policies.
    ///
    /// @param serving empty where r0 serves
    /// @param prompts held out; asked several times where they are fewer than the gate needs
    /// @param judge shares no rater with the coach
    /// @param coach what PPO maximised; only reported
    Verdict judge(
            Llama candidate,
            Llama reference,
            Optional<Llama> serving,
            List<List<Integer>> prompts,
            Reward judge,
            Reward coach) {
        List<List<Integer>> asked = asked(prompts);
        List<Answer> candidates = sampler.answers(candidate, asked, seeds.at("gate-candidate", 0));
        List<Answer> references = sampler.answers(reference, asked, seeds.at("gate-reference", 0));
        double[] candidateScores = judge.scores(candidates);
        double[] referenceScores = judge.scores(references);
        WinRate overReference = winRate(candidateScores, referenceScores, prompts.size());
        WinRate overServing = overReference;
        if (serving.isPresent()) {
            List<Answer> served =
                    sampler.answers(serving.get(), asked, seeds.at("gate-serving", 0));
            overServing = winRate(candidateScores, judge.scores(served), prompts.size());
        }
        SortedMap<String, Double> scores = new TreeMap<>();
        put(scores, "gate/win_rate_vs_reference", overReference);
        put(scores, "gate/win_rate_vs_serving", overServing);
        put(
                scores,
                "gate/coach_win_rate_vs_reference",
                winRate(coach.scores(candidates), coach.scores(references), prompts.size()));
        put(
                scores,
                "gate/length_controlled_win_rate_vs_reference",
                winRate(
                        lengthFree(candidateScores, candidates, referenceScores, references),
                        lengthFree(referenceScores, references, referenceScores, references),
                        prompts.size()));
        scores.put("gate/prompts", (double) prompts.size());
        scores.put("gate/answers", (double) asked.size());
        scores.put("gate/kl", sampler.kl(candidate, candidates));
        describe(scores, "gate/candidate", candidates);
        describe(scores, "gate/reference", references);
        Optional<String> notBetter = notBetter(scores);
        Optional<String> tooFar = notBetter.isPresent() ? Optional.empty() : tooFar(scores);
        return new Verdict(notBetter.or(() -> tooFar), tooFar.isPresent(), scores);
    }

    private List<List<Integer>> asked(List<List<Integer>> prompts) {
        int rounds = Math.max(1, Math.ceilDiv(config.answers(), prompts.size()));
        List<List<Integer>> asked = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            asked.addAll(prompts);
        }
        return asked;
    }

    /// The win rate over prompts: several answers to one prompt are one observation, or the
    /// interval would be too narrow.
    private WinRate winRate(double[] ours, double[] theirs, int prompts) {
        double[] wins = new double[prompts];
        int rounds = ours.length / prompts;
        for (int i = 0; i < ours.length; i++) {
            double win = ours[i] == theirs[i] ? 0.5 : ours[i] > theirs[i] ? 1 : 0;
            wins[i % prompts] += win / rounds;
        }
        return WinRate.ofWins(wins, seeds.at("bootstrap", 0));
    }

    /// Scores without what length alone explains among the reference policy's answers: the slope of
    /// an ordinary least-squares line is taken out (Singhal et al., arXiv:2310.03716).
    private static double[] lengthFree(
            double[] scores,
            List<Answer> answers,
            double[] referenceScores,
            List<Answer> references) {
        double meanLength = 0;
        double meanScore = 0;
        int count = references.size();
        for (int i = 0; i < count; i++) {
            meanLength += (double) references.get(i).responseIds().size() / count;
            meanScore += referenceScores[i] / count;
        }
        double covariance = 0;
        double variance = 0;
        for (int i = 0; i < count; i++) {
            double length = references.get(i).responseIds().size() - meanLength;
            covariance += length * (referenceScores[i] - meanScore);
            variance += length * length;
        }
        double slope = variance == 0 ? 0 : covariance / variance;
        double[] free = new double[scores.length];
        for (int i = 0; i < free.length; i++) {
            free[i] = scores[i] - slope * (answers.get(i).responseIds().size() - meanLength);
        }
        return free;
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

    private void describe(SortedMap<String, Double> scores, String prefix, List<Answer> answers) {
        AnswerStatistics statistics =
                AnswerStatistics.of(
                        answers.stream().map(Answer::responseIds).toList(), sampler.eosId());
        scores.put(prefix + "_length", statistics.meanTokens());
        scores.put(prefix + "_eos_share", statistics.eosShare());
        scores.put(prefix + "_distinct2", statistics.distinct2());
    }

    private static void put(SortedMap<String, Double> scores, String name, WinRate rate) {
        scores.put(name, rate.rate());
        scores.put(name + "_low", rate.low());
        scores.put(name + "_high", rate.high());
    }

    private static double share(SortedMap<String, Double> scores, String what) {
        double reference = value(scores, "gate/reference_" + what);
        return reference == 0 ? 1 : value(scores, "gate/candidate_" + what) / reference;
    }

    private static double value(SortedMap<String, Double> scores, String name) {
        return scores.getOrDefault(name, 0.0);
    }
}
