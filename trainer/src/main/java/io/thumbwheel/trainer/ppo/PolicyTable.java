package io.thumbwheel.trainer.ppo;

import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.evaluation.AnswerStatistics;
import io.thumbwheel.trainer.evaluation.WinRate;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.Reward;
import io.thumbwheel.trainer.reward.RewardModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// Policies side by side: each answers the same prompts once, and a judge that none of them was
/// optimised against scores all answers.
public final class PolicyTable {
    private PolicyTable() {}

    /// One policy.
    ///
    /// @param name for people
    /// @param score mean of the judge's
    /// @param winRate over the reference policy
    /// @param lengthControlled the same without what length explains of the judge's scores
    /// @param kl to the reference policy, nats per answer; of best-of-n by its formula, ln n − (n −
    ///   1) / n (Stiennon et al., arXiv:2009.01325, appendix G.3)
    /// @param answers length, endings, and distinct-2 over as many bigrams as the baseline has, too
    /// @param diversity that distinct-2 as a share of the baseline's
    public record Row(
            String name,
            double score,
            WinRate winRate,
            WinRate lengthControlled,
            double kl,
            AnswerStatistics answers,
            double diversity) {}

    /// What is compared, and on what.
    ///
    /// @param reference Hugging Face folder of the policy that all are compared with
    /// @param judge folder of the reward model that scores
    /// @param prompts held out
    /// @param bestOf answers of the reference policy of which `coach` picks one; 1 leaves the row
    ///   out
    /// @param coach folder of the reward model that picks
    /// @param seed of the samples
    public record Task(
            Path reference,
            Path judge,
            List<List<Integer>> prompts,
            int bestOf,
            Path coach,
            long seed) {
        public Task {
            prompts = List.copyOf(prompts);
            if (prompts.isEmpty() || bestOf < 1) {
                throw new IllegalArgumentException(
                        "prompts and at least one answer to each are needed, got %d and %d"
                                .formatted(prompts.size(), bestOf));
            }
        }
    }

    /// The reference policy against itself, best-of-n where asked for, then the policies in order.
    ///
    /// @param policies name to Hugging Face folder
    /// @param config temperature and length of the answers
    /// @param device where it is computed
    public static List<Row> of(
            Task task, SequencedMap<String, Path> policies, PpoConfig config, ComputeDevice device)
            throws IOException {
        Seeds seeds = new Seeds(task.seed);
        List<Row> rows = new ArrayList<>();
        try (NDManager manager = device.open();
                Llama reference = Llama.load(manager, task.reference);
                RewardModel judge = RewardModel.load(manager, task.judge)) {
            RolloutSampler sampler = new RolloutSampler(manager, config, reference);
            List<Answer> baseline =
                    sampler.answers(reference, task.prompts, seeds.at("table-baseline", 0));
            Table table =
                    new Table(seeds, judge, sampler.eosId(), baseline, judge.scores(baseline));
            rows.add(
                    table.row(
                            "reference",
                            sampler.answers(
                                    reference, task.prompts, seeds.at("table-reference", 0)),
                            0));
            if (task.bestOf > 1) {
                try (RewardModel coach = RewardModel.load(manager, task.coach)) {
                    rows.add(
                            table.row(
                                    "best of " + task.bestOf,
                                    best(sampler, reference, coach, task, seeds),
                                    Math.log(task.bestOf) - (task.bestOf - 1.0) / task.bestOf));
                }
            }
            for (Map.Entry<String, Path> policy : policies.entrySet()) {
                try (Llama candidate = Llama.load(manager, policy.getValue())) {
                    List<Answer> answers =
                            sampler.answers(
                                    candidate, task.prompts, seeds.at("table-candidate", 0));
                    rows.add(table.row(policy.getKey(), answers, sampler.kl(candidate, answers)));
                }
            }
        }
        return rows;
    }

    /// The best of several answers to each prompt by the coach (Stiennon et al., arXiv:2009.01325,
    /// section 4.3).
    private static List<Answer> best(
            RolloutSampler sampler, Llama reference, Reward coach, Task task, Seeds seeds) {
        List<Answer> best = new ArrayList<>();
        double[] bestScores = new double[task.prompts.size()];
        Arrays.fill(bestScores, Double.NEGATIVE_INFINITY);
        for (int round = 0; round < task.bestOf; round++) {
            List<Answer> answers =
                    sampler.answers(reference, task.prompts, seeds.at("table-best", round));
            double[] scores = coach.scores(answers);
            for (int i = 0; i < scores.length; i++) {
                if (round == 0) {
                    best.add(answers.get(i));
                } else if (scores[i] > bestScores[i]) {
                    best.set(i, answers.get(i));
                }
                bestScores[i] = Math.max(bestScores[i], scores[i]);
            }
        }
        return best;
    }

    private record Table(
            Seeds seeds, Reward judge, int eosId, List<Answer> baseline, double[] baselineScores) {

        Row row(String name, List<Answer> answers, double kl) {
            double[] scores = judge.scores(answers);
            int prompts = answers.size();
            int bigrams =
                    Math.min(
                            AnswerStatistics.bigrams(ids(answers)),
                            AnswerStatistics.bigrams(ids(baseline)));
            AnswerStatistics ours = AnswerStatistics.of(ids(answers), eosId, bigrams);
            AnswerStatistics theirs = AnswerStatistics.of(ids(baseline), eosId, bigrams);
            return new Row(
                    name,
                    Arrays.stream(scores).average().orElseThrow(),
                    Comparison.winRate(scores, baselineScores, prompts, seeds),
                    Comparison.winRate(
                            Comparison.lengthFree(scores, answers, baselineScores, baseline),
                            Comparison.lengthFree(
                                    baselineScores, baseline, baselineScores, baseline),
                            prompts,
                            seeds),
                    kl,
                    ours,
                    ours.distinct2() / theirs.distinct2());
        }

        private static List<List<Integer>> ids(List<Answer> answers) {
            return answers.stream().map(Answer::responseIds).toList();
        }
    }
}
