package io.thumbwheel.trainer.ppo;

import io.thumbwheel.trainer.evaluation.AnswerStatistics;
import io.thumbwheel.trainer.evaluation.WinRate;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.Reward;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Measures a policy against others on the same prompts: win rates by a judge with and without what
/// length explains, KL, length, endings, diversity.
final class Comparison {

    private final RolloutSampler sampler;
    private final Seeds seeds;
    private final int answers;

    /// @param sampler knows the reference policy
    /// @param answers at least as many of each policy; where prompts are fewer, each is asked again
    Comparison(RolloutSampler sampler, Seeds seeds, int answers) {
        this.sampler = sampler;
        this.seeds = seeds;
        this.answers = answers;
    }

    /// What was found.
    ///
    /// @param scores all measures by name, below `gate/`
    /// @param samples some of the answers, beside what serves now
    record Measured(SortedMap<String, Double> scores, List<SampledPair> samples) {}

    /// Asks all policies and measures their answers.
    ///
    /// @param serving empty where the reference policy serves
    /// @param coach what the candidate was optimised against; only reported
    Measured measure(
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
        List<Answer> served = references;
        double[] servedScores = referenceScores;
        if (serving.isPresent()) {
            served = sampler.answers(serving.get(), asked, seeds.at("gate-serving", 0));
            servedScores = judge.scores(served);
            overServing = winRate(candidateScores, servedScores, prompts.size());
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
        int bigrams = Math.min(bigrams(candidates), bigrams(references));
        describe(scores, "gate/candidate", candidates, bigrams);
        describe(scores, "gate/reference", references, bigrams);
        return new Measured(
                scores, SampledPair.first(served, servedScores, candidates, candidateScores));
    }

    private List<List<Integer>> asked(List<List<Integer>> prompts) {
        int rounds = Math.max(1, Math.ceilDiv(answers, prompts.size()));
        List<List<Integer>> asked = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            asked.addAll(prompts);
        }
        return asked;
    }

    /// The win rate over prompts: several answers to one prompt are one observation, or the
    /// interval would be too narrow.
    WinRate winRate(double[] ours, double[] theirs, int prompts) {
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
