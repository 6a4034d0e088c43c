package io.thumbwheel.trainer.ppo;

import io.thumbwheel.trainer.evaluation.AnswerStatistics;
import io.thumbwheel.trainer.evaluation.WinRate;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.Reward;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Measures policies against the reference policy and the serving release on the same prompts: win
/// rates by a judge with and without what length explains, KL, length, endings, diversity. Those
/// two are asked once, however many candidates come.
final class Comparison {
    private final RolloutSampler sampler;
    private final Seeds seeds;
    private final List<List<Integer>> asked;
    private final int prompts;
    private final Reward judge;
    private final Reward coach;
    private final Answered reference;
    private final Answered serving;
    private final double[] referenceByCoach;

    /// What a policy answers, and what the judge says of it.
    private record Answered(List<Answer> answers, double[] scores) {}

    /// @param sampler knows the reference policy
    /// @param answers at least as many of each policy; where prompts are fewer, each is asked again
    /// @param serving empty where the reference policy serves
    /// @param coach what candidates were optimised against; only reported
    Comparison(
            RolloutSampler sampler,
            Seeds seeds,
            int answers,
            List<List<Integer>> prompts,
            Llama reference,
            Optional<Llama> serving,
            Reward judge,
            Reward coach) {
        this.sampler = sampler;
        this.seeds = seeds;
        this.prompts = prompts.size();
        this.asked =
                Collections.nCopies(Math.max(1, Math.ceilDiv(answers, prompts.size())), prompts)
                        .stream()
                        .flatMap(List::stream)
                        .toList();
        this.judge = judge;
        this.coach = coach;
        this.reference = answered(reference, "gate-reference");
        this.serving =
                serving.map(policy -> answered(policy, "gate-serving")).orElse(this.reference);
        this.referenceByCoach = coach.scores(this.reference.answers);
    }

    private Answered answered(Llama policy, String seed) {
        List<Answer> answers = sampler.answers(policy, asked, seeds.at(seed, 0));
        return new Answered(answers, judge.scores(answers));
    }

    /// What was found.
    ///
    /// @param scores all measures by name, below `gate/`
    /// @param samples some of the answers, beside what serves now
    record Measured(SortedMap<String, Double> scores, List<SampledPair> samples) {}

    /// Asks a candidate and measures its answers.
    Measured measure(Llama candidate) {
        Answered ours = answered(candidate, "gate-candidate");
        SortedMap<String, Double> scores = new TreeMap<>();
        put(
                scores,
                "gate/win_rate_vs_reference",
                winRate(ours.scores, reference.scores, prompts, seeds));
        put(
                scores,
                "gate/win_rate_vs_serving",
                winRate(ours.scores, serving.scores, prompts, seeds));
        put(
                scores,
                "gate/coach_win_rate_vs_reference",
                winRate(coach.scores(ours.answers), referenceByCoach, prompts, seeds));
        put(
                scores,
                "gate/length_controlled_win_rate_vs_reference",
                winRate(lengthFree(ours), lengthFree(reference), prompts, seeds));
        scores.put("gate/prompts", (double) prompts);
        scores.put("gate/answers", (double) asked.size());
        scores.put("gate/kl", sampler.kl(candidate, ours.answers));
        int bigrams = Math.min(bigrams(ours.answers), bigrams(reference.answers));
        describe(scores, "gate/candidate", ours.answers, bigrams);
        describe(scores, "gate/reference", reference.answers, bigrams);
        return new Measured(
                scores,
                SampledPair.first(serving.answers, serving.scores, ours.answers, ours.scores));
    }

    private double[] lengthFree(Answered some) {
        return lengthFree(some.scores, some.answers, reference.scores, reference.answers);
    }

    /// The win rate over prompts: several answers to one prompt are one observation, or the
    /// interval would be too narrow.
    static WinRate winRate(double[] ours, double[] theirs, int prompts, Seeds seeds) {
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
    static double[] lengthFree(
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

    private void describe(
            SortedMap<String, Double> scores, String prefix, List<Answer> answers, int bigrams) {
        AnswerStatistics statistics =
                AnswerStatistics.of(
                        answers.stream().map(Answer::responseIds).toList(),
                        sampler.eosId(),
                        bigrams);
        scores.put(prefix + "_length", statistics.meanTokens());
        scores.put(prefix + "_eos_share", statistics.eosShare());
        scores.put(prefix + "_distinct2", statistics.distinct2());
    }

    /// Over as many bigrams as both have: shorter answers would seem the more different.
    private static int bigrams(List<Answer> answers) {
        return AnswerStatistics.bigrams(answers.stream().map(Answer::responseIds).toList());
    }

    private static void put(SortedMap<String, Double> scores, String name, WinRate rate) {
        scores.put(name, rate.rate());
        scores.put(name + "_low", rate.low());
        scores.put(name + "_high", rate.high());
    }
}
