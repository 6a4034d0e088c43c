package io.thumbwheel.trainer.ppo;

import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.evaluation.AnswerStatistics;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.Reward;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// Proximal policy optimization of a language model against a reward: Ziegler et al.,
/// arXiv:1909.08593, section 2; Stiennon et al., arXiv:2009.01325, section 3.4; details as in Huang
/// et al., arXiv:2403.17031.
///
/// Departures: the score stands on the last real token (see [TokenRewards]); an answer that was cut
/// keeps its score less a penalty ([ScoreShaping]); policy and value model are apart with an
/// optimizer each, so the value loss has no coefficient; the value model learns alone for the first
/// steps.
///
/// One thread; owns nothing but what [Learners] owns.
final class PpoTrainer {

    private final NDManager manager;
    private final PpoConfig config;
    private final Learners learners;
    private final Reward reward;
    private final Optional<Reward> judge;
    private final List<List<Integer>> prompts;
    private final Seeds seeds;
    private final RolloutSampler sampler;
    private final PpoUpdate update;
    private PpoState state;

    /// @param reference π_ref, never changed
    /// @param learners what learns
    /// @param judge watches, where there is one; changes nothing in a run that it does not stop
    /// @param prompts what is rolled out on
    /// @param ptx texts of the pretraining mix, may be empty
    /// @param state where to go on
    PpoTrainer(
            NDManager manager,
            PpoConfig config,
            Llama reference,
            Learners learners,
            Reward reward,
            Optional<Reward> judge,
            List<List<Integer>> prompts,
            List<Answer> ptx,
            Seeds seeds,
            PpoState state) {

        learners.requireShared(reference, config.frozenLayers());
        this.manager = manager;
        this.config = config;
        this.learners = learners;
        this.reward = reward;
        this.judge = judge;
        this.prompts = List.copyOf(prompts);
        this.seeds = seeds;
        this.sampler = new RolloutSampler(manager, config, reference);
        this.update = new PpoUpdate(manager, config, learners, ptx, seeds);
        this.state = state;
    }

    /// One PPO step.
    StepResult step() {
        try (NDManager kept = manager.newSubManager()) {
            return step(kept);
        }
    }

    /// @param kept owns what outlives the look at a microbatch
    private StepResult step(NDManager kept) {
        PpoMetrics metrics = new PpoMetrics();
        Stopwatch watch = new Stopwatch();

        // 1. Sample answers to each prompt of the step, from the policy as it is.
        int asks = config.episodes() / config.answersPerPrompt();
        List<List<Integer>> asked =
                seeds.cycled("prompts", prompts, (long) state.step() * asks, asks);
        Rollout rollout =
                sampler.sample(
                        learners.policy(), repeated(asked), seeds.at("rollout", state.step()));
        metrics.put("time/rollout", watch.lap());

        // 2. Score the answers; one that was cut at the limit loses the penalty.
        double[] scores = reward.scores(rollout.answers());
        double[] shaped = shaped(rollout.answers(), scores);
        metrics.put("time/score", watch.lap());

        // 3. Fix the microbatches, and let policy, reference and value model look at them.
        List<Experience.Evaluated> evaluated = new ArrayList<>();
        List<float[]> sampled = new ArrayList<>();
        for (List<Integer> rows : microbatches(rollout.answers())) {
            evaluated.add(
                    sampler.evaluate(
                            kept,
                            learners.policy(),
                            learners.critic().map(Critic::model),
                            rows.stream().map(rollout.answers()::get).toList(),
                            rows.stream().mapToDouble(row -> shaped[row]).toArray()));
            sampled.add(concatenated(rows.stream().map(rollout.logProbs()::get).toList()));
        }
        metrics.put("time/forward", watch.lap());

        // 4. Is the policy still sound? If not, go back to the last one that was.
        metrics.rollout(rollout, scores, evaluated, sampler.eosId(), bigrams(rollout));
        metrics.mismatch(sampled, evaluated.stream().map(Experience.Evaluated::logProbs).toList());
        SortedMap<String, Double> first = state.first().orElse(metrics.named());
        Optional<String> diagnosis = config.limits().diagnose(first, metrics.named());
        if (diagnosis.isPresent()) {
            learners.backToLastGood();
            return new StepResult.Aborted(diagnosis.get(), metrics.named());
        }

        // 5. Does the judge still go along? If not, the same.
        List<JudgeWatch.Look> looks = looks(rollout.answers(), metrics, watch);
        Optional<String> parted =
                looks.size() > state.looks().size()
                        ? config.watch().diagnose(looks)
                        : Optional.empty();
        if (parted.isPresent()) {
            learners.backToLastGood();
            return new StepResult.Aborted(parted.get(), metrics.named());
        }
        if (config.watch().content(looks)) {
            learners.rememberGood();
        }

        // 6. Rewards with the KL penalty, advantages, returns.
        double kl = metrics.get("objective/kl");
        KlController controller =
                state.step() == 0
                        ? state.controller().from(kl, config.limits().mostHeld())
                        : state.controller();
        boolean valueOnly = state.step() < config.valueSteps();
        double done = (state.step() + 1.0 - config.valueSteps()) / config.steps();
        double klCoefficient =
                valueOnly ? controller.coefficient() : controller.at(kl, config.episodes(), done);
        metrics.put("objective/kl_coef", klCoefficient);
        metrics.put("objective/non_score_reward", -klCoefficient * metrics.get("objective/kl"));
        metrics.put(
                "objective/rlhf_reward",
                metrics.get("objective/penalised_scores")
                        + metrics.get("objective/non_score_reward"));
        List<Experience> experiences = Experience.of(evaluated, klCoefficient, config);
        if (config.importanceCap() > 0) {
            metrics.importance(
                    ImportanceWeights.apply(experiences, sampled, config.importanceCap()));
        }
        if (config.estimator().critic()) {
            metrics.explainedVariance(experiences);
        }

        // 7. Several passes in minibatches of whole microbatches.
        update.run(experiences, state.step(), klCoefficient, metrics);
        metrics.put("time/update", watch.lap());
        metrics.put("eps", config.episodes() / watch.total());
        if (!learners.finite()) {
            learners.backToLastGood();
            return new StepResult.Aborted(
                    "an update made a weight infinite or NaN: the training diverged; lower ppo.policyLearningRate and ppo.valueLearningRate",
                    metrics.named());
        }

        // 8. Steer the KL coefficient.
        if (!valueOnly) {
            controller = controller.after(kl, config.episodes(), done);
        }
        state = new PpoState(state.step() + 1, controller, Optional.of(first), looks);
        return new StepResult.Stepped(metrics.named());
    }

    /// Over how many bigrams distinct-2 is measured: as many as every rollout has that the guard of
    /// the length lets pass.
    private int bigrams(Rollout rollout) {
        List<List<Integer>> answers = rollout.answers().stream().map(Answer::responseIds).toList();
        double first =
                state.first()
                        .map(metrics -> metrics.getOrDefault("episode/length", 0.0) - 1)
                        .orElse((double) AnswerStatistics.bigrams(answers) / answers.size());
        return (int) (config.limits().minLengthShare() * first * answers.size());
    }

    /// Where the next step goes on.
    PpoState state() {
        return state;
    }

    /// All looks, with one at this rollout where it is due.
    private List<JudgeWatch.Look> looks(List<Answer> answers, PpoMetrics metrics, Stopwatch watch) {
        if (judge.isEmpty() || !config.watch().due(state.step())) {
            return state.looks();
        }
        double judged = Arrays.stream(judge.get().scores(answers)).average().orElse(0);
        List<JudgeWatch.Look> looks = new ArrayList<>(state.looks());
        looks.add(new JudgeWatch.Look(metrics.get("objective/scores"), judged));
        metrics.put("objective/judge_scores", judged);
        metrics.put("objective/judge_gap", config.watch().gap(looks));
        metrics.put("time/judge", watch.lap());
        return looks;
    }

    private List<List<Integer>> repeated(List<List<Integer>> prompts) {
        return prompts.stream()
                .flatMap(prompt -> Collections.nCopies(config.answersPerPrompt(), prompt).stream())
                .toList();
    }

    private double[] shaped(List<Answer> answers, double[] scores) {
        double[] shaped = new double[scores.length];
        for (int i = 0; i < shaped.length; i++) {
            shaped[i] =
                    config.shaping()
                            .shaped(
                                    scores[i],
                                    answers.get(i),
                                    sampler.eosId(),
                                    config.maxResponseTokens());
        }
        return shaped;
    }

    /// Rows of each microbatch: answers of like length, or most of a matrix would be padding.
    private List<List<Integer>> microbatches(List<Answer> answers) {
        List<Integer> rows = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            rows.add(i);
        }
        rows.sort(Comparator.comparingInt(row -> answers.get(row).length()));
        List<List<Integer>> microbatches = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += config.microbatch()) {
            microbatches.add(List.copyOf(rows.subList(from, from + config.microbatch())));
        }
        return microbatches;
    }

    private static float[] concatenated(List<float[]> rows) {
        int length = rows.stream().mapToInt(row -> row.length).sum();
        float[] all = new float[length];
        int start = 0;
        for (float[] row : rows) {
            System.arraycopy(row, 0, all, start, row.length);
            start += row.length;
        }
        return all;
    }
}
