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

/// Trains a reward model from a policy's body on opinions of answers ([OpinionLoss]; of pairs,
/// Bradley-Terry: Stiennon et al., arXiv:2009.01325, eq. 1), at most two epochs, stopped early by
/// raters it does not train on, normalised on a fixed set of samples. Raters' leniency is fitted
/// anew before every epoch. The members of an ensemble differ by the order of their data and by the
/// sample of raters that their heads begin from.
///
/// Departures: the heads begin as a [LinearProbe] and not at random; always from the reference
/// policy and on all data, never from the last reward model, so that errors do not pile up (Bai et
/// al., arXiv:2204.05862, section 4.5); the weights of the least validation loss are kept and not
/// the last ones, because a few hundred pairs are memorised within two epochs.
public final class RewardTraining {

    private static final int FEATURE_BATCH = 64;

    /// Answers of a microbatch; an opinion's stay together.
    private static final int MICROBATCH = 16;

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
    /// @param step from 1, over the members of an ensemble
    /// @param steps of the whole training
    /// @param epoch passes over the opinions so far, of one member
    /// @param loss of its batch, nats
    /// @param accuracy share of its pairs, ties apart, whose preferred answer scores higher; a
    ///   thumb counts as a pair with its rater's threshold
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
    /// @param opinions to learn from
    /// @param validation opinions of other raters
    /// @param anchors samples of the reference policy that shall have mean 0 and deviation 1
    @MustBeClosed
    public Trained train(
            Llama body,
            List<? extends Opinion> opinions,
            List<? extends Opinion> validation,
            List<Answer> anchors,
            long seed) {
        List<Opinion> own = weighed(opinions);
        List<Opinion> stopping = weighed(validation);
        if (own.isEmpty() || stopping.isEmpty()) {
            throw new IllegalArgumentException(
                    "a reward model needs pairs to learn from and pairs to stop by, got %d and %d"
                            .formatted(own.size(), stopping.size()));
        }
        ProbeSelection probe =
                ProbeSelection.of(
                        own, features(body, Opinion.answersOf(own)), config.labelSmoothing());
        List<RewardModel.Member> members = new ArrayList<>();
        for (int i = 0; i < config.ensemble(); i++) {
            float[] heads = i == 0 ? probe.heads() : probe.heads(seed + i);
            ScalarModel best = fit(body, heads, new Fit(own, stopping, i, seed + 1000L * i));
            Normalisation scale =
                    config.ensemble() == 1
                            ? Normalisation.NONE
                            : Normalisation.of(
                                    RewardModel.rawScores(manager, best, anchors),
                                    config.spreadFloor());
            members.add(new RewardModel.Member(best, scale));
        }
        RewardModel model =
                new RewardModel(manager, members, config.varianceWeight(), Normalisation.NONE)
                        .normalised(anchors, config.spreadFloor(), config.lengthFree());
        return new Trained(model, probe.crossFitted());
    }

    /// The training of one member.
    ///
    /// @param member which, from 0
    private record Fit(List<Opinion> opinions, List<Opinion> validation, int member, long seed) {}

    private ScalarModel fit(Llama body, float[] heads, Fit fit) {
        int hidden = body.config().hidden();
        ScalarModel.Heads begin =
                new ScalarModel.Heads(
                        Arrays.copyOf(heads, hidden),
                        Arrays.copyOfRange(heads, hidden, 2 * hidden));
        try (ScalarModel model = ScalarModel.from(manager, body, begin);
                AdamW optimizer =
                        new AdamW(
                                model.parameters(),
                                new AdamW.Settings(0.9, 0.95, 1e-8, config.weightDecay()))) {
            return fit(model, optimizer, fit);
        }
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

    /// Loss, accuracy and calibration on what was compared and not trained on.
    public static PairMetrics measure(RewardModel model, List<? extends Opinion> opinions) {
        return PairMetrics.of(
                Contest.compared(opinions), model.logits(Opinion.answersOf(opinions)));
    }

    /// With the configured weight of thumbs; without them where it is 0.
    private List<Opinion> weighed(List<? extends Opinion> opinions) {
        List<Opinion> weighed = new ArrayList<>();
        for (Opinion opinion : opinions) {
            switch (opinion) {
                case Opinion.Thumb(var answer, var up, var weight, var rater) -> {
                    if (config.thumbWeight() > 0) {
                        weighed.add(
                                new Opinion.Thumb(
                                        answer, up, weight * config.thumbWeight(), rater));
                    }
                }
                case Pair _, Opinion.Ranking _, Opinion.Pick _, Opinion.Rating _ ->
                        weighed.add(opinion);
            }
        }
        return weighed;
    }

    /// @param loss of all opinions, by which weights are kept
    /// @param metrics of those that compare
    private record Validation(double loss, PairMetrics metrics) {}

    private Validation validate(ScalarModel model, List<Opinion> opinions) {
        double[] scores = RewardModel.rawScores(manager, model, Opinion.answersOf(opinions));
        List<Contest> compared = Contest.compared(opinions);
        return new Validation(
                new OpinionLoss(opinions, Thresholds.fit(opinions, scores), 0).of(scores),
                PairMetrics.of(compared.isEmpty() ? Contest.matched(opinions) : compared, scores));
    }

    private Thresholds thresholds(ScalarModel model, List<Opinion> opinions) {
        List<Opinion> verdicts =
                opinions.stream()
                        .filter(one ->
                                one instanceof Opinion.Thumb || one instanceof Opinion.Rating)
                        .toList();
        return verdicts.isEmpty()
                ? Thresholds.NONE
                : Thresholds.fit(
                        verdicts,
                        RewardModel.rawScores(manager, model, Opinion.answersOf(verdicts)));
    }

    private ScalarModel fit(ScalarModel model, AdamW optimizer, Fit fit) {
        int perEpoch = Math.ceilDiv(fit.opinions().size(), config.batchPairs());
        int steps = perEpoch * config.epochs();
        int before = fit.member() * steps;
        int all = config.ensemble() * steps;
        int interval = Math.max(1, perEpoch / config.evaluationsPerEpoch());
        ScalarModel best = model.copy(manager);
        double leastLoss = validate(model, fit.validation()).loss();
        List<Opinion> order = List.of();
        Thresholds thresholds = Thresholds.NONE;
        for (int step = 0; step < steps; step++) {
            if (step % perEpoch == 0) {
                order = shuffled(fit.opinions(), fit.seed() + step / perEpoch);
                thresholds = thresholds(model, fit.opinions());
            }
            int from = step % perEpoch * config.batchPairs();
            List<Opinion> batch =
                    order.subList(from, Math.min(from + config.batchPairs(), order.size()));
            double[] scores = new double[Opinion.answersOf(batch).size()];
            float loss = accumulate(model, batch, thresholds, scores);
            double learningRate = learningRate(step, steps);
            float norm = optimizer.step(learningRate, config.clipNorm());
            double[] margins =
                    new OpinionLoss(batch, thresholds, config.labelSmoothing()).margins(scores);
            listener.stepped(
                    new Update(
                            before + step + 1,
                            all,
                            (double) (step + 1) / perEpoch,
                            loss,
                            Arrays.stream(margins).map(RewardTraining::right).average().orElse(0),
                            Arrays.stream(margins).average().orElse(0),
                            Arrays.stream(scores).average().orElse(0),
                            learningRate,
                            norm));
            boolean last = step + 1 == steps;
            if ((step + 1) % interval == 0 || last) {
                Validation found = validate(model, fit.validation());
                if (found.loss() < leastLoss) {
                    leastLoss = found.loss();
                    best.close();
                    best = model.copy(manager);
                }
                listener.updated(before + step + 1, all, withLoss(found, loss, norm));
            }
        }
        return best;
    }

    private static double right(double margin) {
        return margin == 0 ? 0.5 : margin > 0 ? 1 : 0;
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

    private static Map<String, Double> withLoss(Validation validation, float loss, float norm) {
        Map<String, Double> named = new TreeMap<>(validation.metrics().named("validation"));
        named.put("validation/loss", validation.loss());
        named.put("loss/pair", (double) loss);
        named.put("optimizer/gradient_norm", (double) norm);
        return named;
    }

    /// Adds the gradient of the batch's loss, opinions of like length together: what is padded
    /// costs as much as what is said.
    ///
    /// @param scores gets those of all answers, opinion after opinion [answers]
    private float accumulate(
            ScalarModel model, List<Opinion> batch, Thresholds thresholds, double[] scores) {
        int[] firstRows = new int[batch.size()];
        for (int i = 1; i < firstRows.length; i++) {
            firstRows[i] = firstRows[i - 1] + batch.get(i - 1).answers().size();
        }
        double total = batch.stream().mapToDouble(Opinion::weight).sum();
        float loss = 0;
        for (List<Integer> part : microbatches(batch)) {
            List<Opinion> opinions = part.stream().map(batch::get).toList();
            double share =
                    opinions.stream().mapToDouble(Opinion::weight).sum() / Math.max(total, 1e-8);
            float[] found = new float[Opinion.answersOf(opinions).size()];
            loss += accumulate(model, opinions, thresholds, share, found);
            int row = 0;
            for (int i : part) {
                for (int answer = 0; answer < batch.get(i).answers().size(); answer++) {
                    scores[firstRows[i] + answer] = found[row++];
                }
            }
        }
        return loss;
    }

    /// Indices of opinions, the short ones first.
    private static List<List<Integer>> microbatches(List<Opinion> batch) {
        List<Integer> byLength = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            byLength.add(i);
        }
        byLength.sort(Comparator.comparingInt(i -> longest(batch.get(i))));
        List<List<Integer>> microbatches = new ArrayList<>();
        int room = 0;
        for (int i : byLength) {
            int answers = batch.get(i).answers().size();
            if (answers > room) {
                microbatches.add(new ArrayList<>());
                room = MICROBATCH;
            }
            microbatches.getLast().add(i);
            room -= answers;
        }
        return microbatches;
    }

    private float accumulate(
            ScalarModel model,
            List<Opinion> opinions,
            Thresholds thresholds,
            double share,
            float[] scores) {
        OpinionLoss loss = new OpinionLoss(opinions, thresholds, config.labelSmoothing());
        PaddedBatch batch = PaddedBatch.of(Opinion.answersOf(opinions), model.config().padId());
        try (Step step = Step.open(manager)) {
            return step.backward(() -> {
                NDArray values = RewardModel.lastValues(step.manager(), model, batch); // [answers]
                System.arraycopy(values.toFloatArray(), 0, scores, 0, scores.length);
                return loss.of(values).mul(share);
            });
        }
    }

    private static int longest(Opinion opinion) {
        return opinion.answers().stream().mapToInt(Answer::length).max().orElseThrow();
    }

    private double learningRate(int step, int steps) {
        double warmUp = Math.max(1, steps / 10.0);
        double rise = Math.min(1, (step + 1) / warmUp);
        return config.learningRate() * rise * (1 - (double) step / steps);
    }

    private static List<Opinion> shuffled(List<Opinion> opinions, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Opinion> shuffled = new ArrayList<>(opinions);
        for (int i = shuffled.size() - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            Opinion swapped = shuffled.get(i);
            shuffled.set(i, shuffled.get(j));
            shuffled.set(j, swapped);
        }
        return shuffled;
    }
}
