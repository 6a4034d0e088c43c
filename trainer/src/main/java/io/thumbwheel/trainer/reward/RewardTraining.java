package io.thumbwheel.trainer.reward;

import ai.djl.ndarray.NDManager;
import com.google.errorprone.annotations.MustBeClosed;
import io.thumbwheel.trainer.checkpoint.Checkpointing;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.ScalarModel;
import io.thumbwheel.trainer.model.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Trains a reward model from a policy's body on opinions of answers ([OpinionLoss]; of pairs,
/// Bradley-Terry: Stiennon et al., arXiv:2009.01325, eq. 1), at most two epochs, stopped early by
/// raters it does not train on, normalised on a fixed set of samples. Raters' leniency is fitted
/// anew before every epoch. A [Surface] is fitted first, and the network learns what it leaves
/// open. The members of an ensemble differ by the order of their data and by the sample of raters
/// that their heads begin from.
///
/// Departures: the heads begin as a [LinearProbe] and not at random; always from the reference
/// policy and on all data, never from the last reward model, so that errors do not pile up (Bai et
/// al., arXiv:2204.05862, section 4.5); the weights of the least validation loss are kept and not
/// the last ones, because a few hundred pairs are memorised within two epochs.
public final class RewardTraining {

    private static final int FEATURE_BATCH = 64;

    private final NDManager manager;
    private final RewardConfig config;
    private final Words words;
    private final Listener listener;
    private final Checkpointing checkpointing;

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
    ///   thumb counts as a pair with its rater's threshold; NaN where the batch has ratings only
    /// @param margin mean of the preferred answer's score less the other's; NaN likewise
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
    /// @param words of the body's tokens
    public RewardTraining(
            NDManager manager,
            RewardConfig config,
            Words words,
            Listener listener,
            Checkpointing checkpointing) {
        this.manager = manager;
        this.config = config;
        this.words = words;
        this.listener = listener;
        this.checkpointing = checkpointing;
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
            long seed)
            throws IOException {
        List<Opinion> own = weighed(opinions);
        List<Opinion> stopping = weighed(validation);
        if (own.isEmpty() || stopping.isEmpty()) {
            throw new IllegalArgumentException(
                    "a reward model needs pairs to learn from and pairs to stop by, got %d and %d"
                            .formatted(own.size(), stopping.size()));
        }
        SurfaceSelection surface =
                config.surface()
                        ? SurfaceSelection.of(
                                own, words, word -> vector(body, word), config.labelSmoothing())
                        : SurfaceSelection.none(own);
        ProbeSelection probe =
                ProbeSelection.of(
                        own,
                        features(body, Opinion.answersOf(own)),
                        surface.crossFitted(),
                        config.labelSmoothing());
        Optional<Path> saved = checkpointing.begin();
        List<ScalarModel> finished = new ArrayList<>();
        if (saved.isPresent()) {
            finished.addAll(MemberTraining.finished(manager, saved.get()));
        }
        for (int i = finished.size(); i < config.ensemble(); i++) {
            MemberTraining.Task task =
                    new MemberTraining.Task(
                            own, stopping, surface, finished, saved, seed + 1000L * i);
            finished.add(fit(body, i == 0 ? probe.heads() : probe.heads(seed + i), task));
            saved = Optional.empty();
        }
        RewardModel model =
                new RewardModel(
                                manager,
                                finished.stream()
                                        .map(one -> member(one, surface.whole(), anchors))
                                        .toList(),
                                config.varianceWeight(),
                                Normalisation.NONE)
                        .normalised(anchors, config.spreadFloor(), config.lengthFree());
        int updates =
                config.ensemble() * config.epochs() * Math.ceilDiv(own.size(), config.batchPairs());
        return new Trained(model, probe.crossFitted(), updates);
    }

    private ScalarModel fit(Llama body, float[] heads, MemberTraining.Task task)
            throws IOException {
        MemberTraining.Setting setting =
                new MemberTraining.Setting(manager, config, listener, checkpointing);
        try (MemberTraining training = MemberTraining.begin(setting, body, heads, task)) {
            return training.run();
        }
    }

    private RewardModel.Member member(ScalarModel network, Surface surface, List<Answer> anchors) {
        RewardModel.Member unscaled = new RewardModel.Member(network, surface, Normalisation.NONE);
        return config.ensemble() == 1
                ? unscaled
                : new RewardModel.Member(
                        network,
                        surface,
                        Normalisation.of(unscaled.raw(manager, anchors), config.spreadFloor()));
    }

    /// What came out; owns the model.
    ///
    /// @param model trained and normalised
    /// @param crossFitted how linear probes did on the same pairs, each on raters that it did not
    ///   see
    /// @param updates that it took, over all members
    public record Trained(RewardModel model, PairMetrics crossFitted, int updates)
            implements AutoCloseable {
        @Override
        public void close() {
            model.close();
        }
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

    /// The mean of what the body's embedding says of a word's tokens, each of length 1 [hidden].
    private float[] vector(Llama body, String word) {
        long[] tokens = words.tokens(word).stream().mapToLong(Integer::longValue).toArray();
        int hidden = body.config().hidden();
        float[] mean = new float[hidden];
        try (Step step = Step.open(manager)) {
            float[] rows = body.embedding(step.manager().create(tokens)).toFloatArray();
            for (int token = 0; token < tokens.length; token++) {
                double squares = 1e-12;
                for (int h = 0; h < hidden; h++) {
                    squares += Math.pow(rows[token * hidden + h], 2);
                }
                for (int h = 0; h < hidden; h++) {
                    mean[h] +=
                            (float) (rows[token * hidden + h] / Math.sqrt(squares) / tokens.length);
                }
            }
        }
        return mean;
    }

    /// What the heads see of each answer [batch, 2 · hidden].
    private float[][] features(Llama body, List<Answer> answers) {
        float[][] features = new float[answers.size()][];
        int width = 2 * body.config().hidden();
        for (List<Integer> part : PaddedBatch.byLength(answers, FEATURE_BATCH)) {
            PaddedBatch batch =
                    PaddedBatch.of(part.stream().map(answers::get).toList(), body.config().padId());
            try (Step step = Step.open(manager)) {
                float[] rows =
                        ScalarModel.features(
                                        body,
                                        batch.tokens(step.manager()),
                                        batch.response(step.manager()),
                                        step.manager().create(batch.lastPositions()))
                                .toFloatArray();
                for (int row = 0; row < part.size(); row++) {
                    features[part.get(row)] =
                            Arrays.copyOfRange(rows, row * width, (row + 1) * width);
                }
            }
        }
        return features;
    }
}
