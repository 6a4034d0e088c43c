package io.thumbwheel.trainer.reward;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.errorprone.annotations.MustBeClosed;
import io.thumbwheel.trainer.model.AdamW;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.ScalarModel;
import io.thumbwheel.trainer.model.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// Trains a reward model from a policy's body on pairs of answers: Bradley-Terry (Stiennon et al.,
/// arXiv:2009.01325, eq. 1), at most two epochs, stopped early by raters it does not train on,
/// normalised on a fixed set of samples.
///
/// Departures: the heads begin as a [LinearProbe] and not at random; always from the reference
/// policy and on all data, never from the last reward model, so that errors do not pile up (Bai et
/// al., arXiv:2204.05862, section 4.5); the weights of the least validation loss are kept and not
/// the last ones, because a few hundred pairs are memorised within two epochs.
public final class RewardTraining {

    private static final int FEATURE_BATCH = 64;
    private static final int MICROBATCH = 8;

    private final NDManager manager;
    private final RewardConfig config;
    private final Listener listener;

    /// Hears of every update.
    @FunctionalInterface
    public interface Listener {
        /// Update `step` of `steps` is done, and the validation pairs were asked.
        void updated(int step, int steps, Map<String, Double> metrics);

        /// Any update is done.
        default void stepped(Update update) {}
    }

    /// One update, on the pairs that it learned from and before it changed anything.
    ///
    /// @param step from 1
    /// @param steps of the whole training
    /// @param epoch passes over the pairs so far
    /// @param loss of its batch, nats
    /// @param accuracy share of its pairs, ties apart, whose preferred answer scores higher
    /// @param margin mean of the preferred answer's score less the other's
    /// @param meanReward mean score of its answers, not normalised
    /// @param learningRate of the update
    /// @param gradientNorm before clipping
    public record Update(
            int step,
            int steps,
            double epoch,
            double loss,
            double accuracy,
            double margin,
            double meanReward,
            double learningRate,
            double gradientNorm) {}

    /// @param manager owns the models that come out
    public RewardTraining(NDManager manager, RewardConfig config, Listener listener) {
        this.manager = manager;
        this.config = config;
        this.listener = listener;
    }

    /// A trained, normalised reward model; the caller closes it.
    ///
    /// @param body reference policy, left as it is
    /// @param pairs to learn from
    /// @param validation pairs of other raters
    /// @param anchors samples of the reference policy that shall have mean 0 and deviation 1
    @MustBeClosed
    public Trained train(
            Llama body, List<Pair> pairs, List<Pair> validation, List<Answer> anchors, long seed) {
        if (pairs.isEmpty() || validation.isEmpty()) {
            throw new IllegalArgumentException(
                    "a reward model needs pairs to learn from and pairs to stop by, got %d and %d"
                            .formatted(pairs.size(), validation.size()));
        }
        ScalarModel best;
        int hidden = body.config().hidden();
        ProbeSelection probe =
                ProbeSelection.of(
                        pairs, features(body, PairMetrics.answers(pairs)), config.labelSmoothing());
        ScalarModel.Heads heads =
                new ScalarModel.Heads(
                        Arrays.copyOf(probe.heads(), hidden),
                        Arrays.copyOfRange(probe.heads(), hidden, 2 * hidden));
        try (ScalarModel model = ScalarModel.from(manager, body, heads);
                AdamW optimizer =
                        new AdamW(
                                model.parameters(),
                                new AdamW.Settings(0.9, 0.95, 1e-8, config.weightDecay()))) {
            best = fit(model, optimizer, pairs, validation, seed);
        }
        Normalisation normalisation =
                Normalisation.of(
                        RewardModel.rawScores(manager, best, anchors), config.spreadFloor());
        return new Trained(new RewardModel(manager, best, normalisation), probe.crossFitted());
    }

    /// What came out; owns the model.
    ///
    /// @param model trained and normalised
    /// @param crossFitted how linear probes did on the same pairs, each on raters that it did not
    ///   see
    public record Trained(RewardModel model, PairMetrics crossFitted) implements AutoCloseable {
        @Override
        public void close() {
            model.close();
        }
    }

    /// Loss, accuracy and calibration on pairs it was not trained on.
    public static PairMetrics measure(NDManager manager, ScalarModel model, List<Pair> pairs) {
        double[] both = RewardModel.rawScores(manager, model, PairMetrics.answers(pairs));
        double[] a = new double[pairs.size()];
        double[] b = new double[pairs.size()];
        for (int i = 0; i < a.length; i++) {
            a[i] = both[2 * i];
            b[i] = both[2 * i + 1];
        }
        return PairMetrics.of(pairs, a, b);
    }

    private ScalarModel fit(
            ScalarModel model,
            AdamW optimizer,
            List<Pair> pairs,
            List<Pair> validation,
            long seed) {
        int perEpoch = Math.ceilDiv(pairs.size(), config.batchPairs());
        int steps = perEpoch * config.epochs();
        int interval = Math.max(1, perEpoch / config.evaluationsPerEpoch());
        ScalarModel best = model.copy(manager);
        double leastLoss = measure(manager, model, validation).loss();
        List<Pair> order = List.of();
        for (int step = 0; step < steps; step++) {
            if (step % perEpoch == 0) {
                order = shuffled(pairs, seed + step / perEpoch);
            }
            int from = step % perEpoch * config.batchPairs();
            List<Pair> batch =
                    order.subList(from, Math.min(from + config.batchPairs(), order.size()));
            double[] scores = new double[2 * batch.size()];
            float loss = accumulate(model, batch, scores);
            double learningRate = learningRate(step, steps);
            float norm = optimizer.step(learningRate, config.clipNorm());
            double epoch = (double) (step + 1) / perEpoch;
            listener.stepped(
                    update(batch, scores, loss, step + 1, steps, epoch, learningRate, norm));
            boolean last = step + 1 == steps;
            if ((step + 1) % interval == 0 || last) {
                PairMetrics metrics = measure(manager, model, validation);
                if (metrics.loss() < leastLoss) {
                    leastLoss = metrics.loss();
                    best.close();
                    best = model.copy(manager);
                }
                listener.updated(step + 1, steps, withLoss(metrics, loss, norm));
            }
        }
        return best;
    }

    /// What the heads see of each answer [batch, 2 · hidden].
    private float[][] features(Llama body, List<Answer> answers) {
        float[][] features = new float[answers.size()][];
        int width = 2 * body.config().hidden();
        for (int from = 0; from < features.length; from += FEATURE_BATCH) {
            List<Answer> part =
                    answers.subList(from, Math.min(from + FEATURE_BATCH, features.length));
            PaddedBatch batch = PaddedBatch.of(part, body.config().padId());
            try (Step step = Step.open(manager)) {
                float[] rows =
                        ScalarModel.features(
                                        body,
                                        batch.tokens(step.manager()),
                                        batch.response(step.manager()),
                                        step.manager().create(batch.lastPositions()))
                                .toFloatArray();
                for (int row = 0; row < part.size(); row++) {
                    features[from + row] = Arrays.copyOfRange(rows, row * width, (row + 1) * width);
                }
            }
        }
        return features;
    }

    private static Map<String, Double> withLoss(PairMetrics metrics, float loss, float norm) {
        Map<String, Double> named = new TreeMap<>(metrics.named("validation"));
        named.put("loss/pair", (double) loss);
        named.put("optimizer/gradient_norm", (double) norm);
        return named;
    }

    private static Update update(
            List<Pair> batch,
            double[] scores,
            float loss,
            int step,
            int steps,
            double epoch,
            double learningRate,
            float norm) {
        double right = 0;
        double decided = 0;
        double margins = 0;
        for (int i = 0; i < batch.size(); i++) {
            double target = batch.get(i).target();
            if (target != 0.5) {
                double margin = (scores[2 * i] - scores[2 * i + 1]) * (target > 0.5 ? 1 : -1);
                decided++;
                margins += margin;
                right += margin == 0 ? 0.5 : margin > 0 ? 1 : 0;
            }
        }
        double counted = Math.max(1, decided);
        return new Update(
                step,
                steps,
                epoch,
                loss,
                right / counted,
                margins / counted,
                Arrays.stream(scores).average().orElse(0),
                learningRate,
                norm);
    }

    /// Adds the gradient of the batch's loss, pairs of like length together: what is padded costs
    /// as much as what is said.
    ///
    /// @param scores gets both answers' of every pair, a before b [2 · pairs]
    private float accumulate(ScalarModel model, List<Pair> pairs, double[] scores) {
        List<Integer> byLength = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++) {
            byLength.add(i);
        }
        byLength.sort(Comparator.comparingInt(i -> longest(pairs.get(i))));
        double total = pairs.stream().mapToDouble(Pair::weight).sum();
        float loss = 0;
        for (int from = 0; from < byLength.size(); from += MICROBATCH) {
            List<Integer> rows =
                    byLength.subList(from, Math.min(from + MICROBATCH, byLength.size()));
            List<Pair> part = rows.stream().map(pairs::get).toList();
            double share = part.stream().mapToDouble(Pair::weight).sum() / Math.max(total, 1e-8);
            float[] both = new float[2 * part.size()];
            loss += accumulate(model, part, share, both);
            for (int i = 0; i < rows.size(); i++) {
                scores[2 * rows.get(i)] = both[2 * i];
                scores[2 * rows.get(i) + 1] = both[2 * i + 1];
            }
        }
        return loss;
    }

    private float accumulate(ScalarModel model, List<Pair> pairs, double share, float[] scores) {
        float[] targets = new float[pairs.size()];
        float[] weights = new float[pairs.size()];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = (float) PairLoss.smoothed(pairs.get(i).target(), config.labelSmoothing());
            weights[i] = (float) pairs.get(i).weight();
        }
        PaddedBatch batch = PaddedBatch.of(PairMetrics.answers(pairs), model.config().padId());
        try (Step step = Step.open(manager)) {
            return step.backward(() -> {
                NDArray both =
                        RewardModel.lastValues(step.manager(), model, batch)
                                .reshape(-1, 2); // [pairs, 2]
                System.arraycopy(both.toFloatArray(), 0, scores, 0, scores.length);
                NDArray difference = both.get(":, 0").sub(both.get(":, 1")); // [pairs]
                return PairLoss.of(difference, targets, weights).mul(share);
            });
        }
    }

    private static int longest(Pair pair) {
        return pair.promptIds().size() + Math.max(pair.aIds().size(), pair.bIds().size());
    }

    private double learningRate(int step, int steps) {
        double warmUp = Math.max(1, steps / 10.0);
        double rise = Math.min(1, (step + 1) / warmUp);
        return config.learningRate() * rise * (1 - (double) step / steps);
    }

    private static List<Pair> shuffled(List<Pair> pairs, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Pair> shuffled = new ArrayList<>(pairs);
        for (int i = shuffled.size() - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            Pair swapped = shuffled.get(i);
            shuffled.set(i, shuffled.get(j));
            shuffled.set(j, swapped);
        }
        return shuffled;
    }
}
