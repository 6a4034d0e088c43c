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

    private final NDManager manager;
    private final RewardConfig config;
    private final Listener listener;

    /// Hears of every update.
    @FunctionalInterface
    public interface Listener {
        /// Update `step` of `steps` is done.
        void updated(int step, int steps, Map<String, Double> metrics);
    }

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
            float loss = accumulate(model, batch);
            float norm = optimizer.step(learningRate(step, steps), config.clipNorm());
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

    /// Adds the gradient of the batch's loss.
    private float accumulate(ScalarModel model, List<Pair> pairs) {
        float[] targets = new float[pairs.size()];
        float[] weights = new float[pairs.size()];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = (float) PairLoss.smoothed(pairs.get(i).target(), config.labelSmoothing());
            weights[i] = (float) pairs.get(i).weight();
        }
        PaddedBatch batch = PaddedBatch.of(PairMetrics.answers(pairs), model.config().padId());
        try (Step step = Step.open(manager)) {
            return step.backward(() -> {
                NDArray scores =
                        RewardModel.lastValues(step.manager(), model, batch)
                                .reshape(-1, 2); // [pairs, 2]
                NDArray difference = scores.get(":, 0").sub(scores.get(":, 1")); // [pairs]
                return PairLoss.of(difference, targets, weights);
            });
        }
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
