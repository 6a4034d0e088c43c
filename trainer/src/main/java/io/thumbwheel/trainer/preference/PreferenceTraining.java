package io.thumbwheel.trainer.preference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Activation;
import io.thumbwheel.trainer.checkpoint.Checkpointing;
import io.thumbwheel.trainer.checkpoint.TrainedPolicy;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.Optimizer;
import io.thumbwheel.trainer.model.Scale;
import io.thumbwheel.trainer.model.Step;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.Opinion;
import io.thumbwheel.trainer.reward.Pair;
import io.thumbwheel.trainer.reward.PairLoss;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// Trains a policy on opinions directly, by one of the [Objective]s.
///
/// One thread; owns nothing.
public final class PreferenceTraining {

    private final NDManager manager;
    private final PreferenceConfig config;
    private final Listener listener;
    private final Checkpointing checkpointing;

    /// Hears of every update.
    @FunctionalInterface
    public interface Listener {
        /// Update `step` of `steps` is done.
        ///
        /// @param metrics by TRL's names: loss, grad_norm, learning_rate; rewards/chosen,
        ///   rewards/rejected, rewards/margins (β ρ, means over the batch), rewards/accuracies; kl
        ///   (KTO's z, nats)
        void updated(int step, int steps, SortedMap<String, Double> metrics);
    }

    /// Where it is, besides weights and optimizer.
    ///
    /// @param steps done
    private record State(int steps) {}

    public PreferenceTraining(
            NDManager manager,
            PreferenceConfig config,
            Listener listener,
            Checkpointing checkpointing) {
        this.manager = manager;
        this.config = config;
        this.listener = listener;
        this.checkpointing = checkpointing;
    }

    /// Trains `policy` in place. DPO learns from comparisons alone; KTO and SFT take them apart
    /// into single answers, beside the thumbs.
    ///
    /// @param optimizer of the policy
    /// @param reference π_ref, left as it is
    /// @throws IllegalArgumentException where there is nothing to learn from
    public void train(
            Llama policy,
            Optimizer optimizer,
            Llama reference,
            List<Pair> pairs,
            List<Opinion.Thumb> thumbs,
            long seed)
            throws IOException {
        TrainedPolicy trained = new TrainedPolicy(policy, optimizer);
        LogRatios ratios = new LogRatios(policy, reference);
        List<Opinion.Thumb> single = new ArrayList<>(thumbs);
        single.addAll(Opinion.Thumb.of(pairs));
        switch (config.objective()) {
            case DPO -> fit(trained, pairs, seed, batch -> dpo(ratios, batch));
            case KTO -> {
                long up = single.stream().filter(Opinion.Thumb::up).count();
                double upWeight = single.size() / (2.0 * Math.max(1, up));
                double downWeight = single.size() / (2.0 * Math.max(1, single.size() - up));
                fit(trained, single, seed, batch -> kto(ratios, batch, upWeight, downWeight));
            }
            case SFT -> {
                List<Opinion.Thumb> chosen = single.stream().filter(Opinion.Thumb::up).toList();
                fit(trained, chosen, seed, batch -> imitation(policy, batch));
            }
        }
    }

    /// Adds the gradient of a batch's loss; what is reported of it.
    @FunctionalInterface
    private interface Loss<T> {
        SortedMap<String, Double> accumulate(List<T> batch);
    }

    private <T> void fit(TrainedPolicy trained, List<T> data, long seed, Loss<T> loss)
            throws IOException {
        if (data.isEmpty()) {
            throw new IllegalArgumentException(
                    "there is nothing to learn from: %s needs %s"
                            .formatted(
                                    config.objective(),
                                    config.objective() == Objective.DPO
                                            ? "comparisons that are decided or tied"
                                            : "thumbs or decided comparisons"));
        }
        int perEpoch = Math.ceilDiv(data.size(), config.batch());
        int steps = perEpoch * config.epochs();
        List<T> order = new ArrayList<>(data);
        Optional<Path> saved = checkpointing.begin();
        int done =
                saved.isPresent() ? trained.restore(manager, saved.get(), State.class).steps() : 0;
        for (int step = 0; step < steps; step++) {
            if (step % perEpoch == 0) {
                Collections.shuffle(
                        order, Random.from(new SplittableRandom(seed + step / perEpoch)));
            }
            if (step < done) {
                continue;
            }
            int from = step % perEpoch * config.batch();
            SortedMap<String, Double> metrics =
                    loss.accumulate(
                            order.subList(from, Math.min(from + config.batch(), order.size())));
            double rate = learningRate(step, steps);
            float norm = trained.optimizer().step(rate, config.clipNorm());
            metrics.put("learning_rate", rate);
            metrics.put("grad_norm", (double) norm);
            listener.updated(step + 1, steps, metrics);
            State state = new State(step + 1);
            checkpointing.updated(step + 1, folder -> trained.save(folder, state));
        }
    }

    private double learningRate(int step, int steps) {
        double warmUp = Math.max(1, steps / 10.0);
        return config.learningRate()
                * Math.min(1, (step + 1) / warmUp)
                * (1 - (double) step / steps);
    }

    private SortedMap<String, Double> dpo(LogRatios ratios, List<Pair> pairs) {
        List<Answer> answers = new ArrayList<>();
        float[] targets = new float[pairs.size()];
        float[] weights = new float[pairs.size()];
        for (int i = 0; i < targets.length; i++) {
            Pair pair = pairs.get(i);
            answers.add(pair.a());
            answers.add(pair.b());
            targets[i] = (float) PairLoss.smoothed(pair.target(), config.labelSmoothing());
            weights[i] = (float) pair.weight();
        }
        float[] reference = ratios.reference(manager, answers);
        try (Step step = Step.open(manager)) {
            NDArray[] rewards = new NDArray[1];
            double loss =
                    step.backward(() -> {
                        rewards[0] =
                                Scale.by(
                                                ratios.of(step.manager(), answers, reference),
                                                config.beta())
                                        .reshape(-1, 2); // [pairs, 2]
                        NDArray margins =
                                rewards[0].get(":, 0").sub(rewards[0].get(":, 1")); // [pairs]
                        return PairLoss.of(margins, targets, weights);
                    });
            return described(loss, rewards[0].toFloatArray(), pairs);
        }
    }

    private SortedMap<String, Double> described(double loss, float[] rewards, List<Pair> pairs) {
        double chosen = 0;
        double rejected = 0;
        double right = 0;
        int decided = 0;
        for (int i = 0; i < pairs.size(); i++) {
            double target = pairs.get(i).target();
            if (target != 0.5) {
                double better = rewards[target > 0.5 ? 2 * i : 2 * i + 1];
                double worse = rewards[target > 0.5 ? 2 * i + 1 : 2 * i];
                chosen += better;
                rejected += worse;
                right += better > worse ? 1 : better == worse ? 0.5 : 0;
                decided++;
            }
        }
        SortedMap<String, Double> metrics = new TreeMap<>(Map.of("loss", loss));
        if (decided > 0) {
            metrics.put("rewards/chosen", chosen / decided);
            metrics.put("rewards/rejected", rejected / decided);
            metrics.put("rewards/margins", (chosen - rejected) / decided);
            metrics.put("rewards/accuracies", right / decided);
        }
        return metrics;
    }

    private SortedMap<String, Double> kto(
            LogRatios ratios, List<Opinion.Thumb> thumbs, double upWeight, double downWeight) {
        List<Answer> answers = thumbs.stream().map(Opinion.Thumb::answer).toList();
        double z = 0;
        for (float ratio : ratios.values(manager, mismatched(answers))) {
            z += ratio / answers.size();
        }
        double baseline = Math.max(0, z);
        float[] signs = new float[answers.size()];
        float[] weights = new float[answers.size()];
        for (int i = 0; i < signs.length; i++) {
            Opinion.Thumb thumb = thumbs.get(i);
            signs[i] = (float) (thumb.up() ? config.beta() : -config.beta());
            weights[i] = (float) (thumb.weight() * (thumb.up() ? upWeight : downWeight));
        }
        float[] reference = ratios.reference(manager, answers);
        try (Step step = Step.open(manager)) {
            double loss =
                    step.backward(() -> {
                        NDArray value =
                                Activation.sigmoid(
                                        ratios.of(step.manager(), answers, reference)
                                                .sub(baseline)
                                                .mul(step.manager().create(signs))); // [batch]
                        return value.neg().add(1).mul(step.manager().create(weights)).mean();
                    });
            return new TreeMap<>(Map.of("loss", loss, "kl", baseline));
        }
    }

    /// Every prompt with the next one's answer.
    private static List<Answer> mismatched(List<Answer> answers) {
        List<Answer> mismatched = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            mismatched.add(
                    new Answer(
                            answers.get(i).promptIds(),
                            answers.get((i + 1) % answers.size()).responseIds()));
        }
        return mismatched;
    }

    private SortedMap<String, Double> imitation(Llama policy, List<Opinion.Thumb> chosen) {
        List<Answer> answers = chosen.stream().map(Opinion.Thumb::answer).toList();
        int tokens = answers.stream().mapToInt(answer -> answer.responseIds().size()).sum();
        try (Step step = Step.open(manager)) {
            double loss =
                    step.backward(() ->
                            Scale.over(
                                    LogRatios.logProbs(step.manager(), policy, answers).sum(),
                                    -tokens));
            return new TreeMap<>(Map.of("loss", loss));
        }
    }
}
