package io.thumbwheel.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.ScalarModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RewardModelTest {
    private static final ModelConfig CONFIG =
            ModelConfig.llama(24, 32, 2, 4, 2, 8, 48, 32, 1e-5, 10_000, true, 1, 2, 0);

    @TempDir private Path folder;

    @Test
    void whatMembersDisagreeOnIsWorthLess() {
        double[][] members = {{1, 2, 0}, {3, 2, 4}};

        // means 2, 2, 2; variances 1, 0, 4
        assertThat(RewardModel.combined(members, 0.5)).containsExactly(1.5, 2, 0);
        assertThat(RewardModel.combined(new double[][] {{1, 2, 0}}, 0.5)).containsExactly(1, 2, 0);
    }

    @Test
    void anEnsembleIsNormalisedAsOneAndReadAsItWasWritten() throws IOException {
        List<Answer> anchors = answers();
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                RewardModel ensemble = ensemble(manager, anchors, false)) {
            double[] scores = ensemble.scores(anchors);
            ensemble.save(folder);

            assertThat(mean(scores)).isCloseTo(0, within(1e-9));
            assertThat(Math.sqrt(covariance(scores, scores))).isCloseTo(1, within(1e-9));
            try (RewardModel read = RewardModel.load(manager, folder);
                    RewardModel member = RewardModel.load(manager, folder.resolve("member-2"))) {
                assertThat(read.scores(anchors)).containsExactly(scores);
                assertThat(mean(member.scores(anchors))).isCloseTo(0, within(1e-9));
            }
        }
    }

    @Test
    void withoutLengthNothingOfItIsLeftInTheScores() throws IOException {
        List<Answer> anchors = answers();
        double[] lengths = anchors.stream().mapToDouble(one -> one.responseIds().size()).toArray();
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                RewardModel with = ensemble(manager, anchors, false);
                RewardModel without = ensemble(manager, anchors, true)) {
            double[] scores = without.scores(anchors);
            without.save(folder);

            assertThat(Math.abs(covariance(with.scores(anchors), lengths))).isGreaterThan(0.1);
            assertThat(covariance(scores, lengths)).isCloseTo(0, within(1e-9));
            assertThat(mean(scores)).isCloseTo(0, within(1e-9));
            assertThat(covariance(scores, scores)).isCloseTo(1, within(1e-9));
            try (RewardModel read = RewardModel.load(manager, folder)) {
                assertThat(read.scores(anchors)).containsExactly(scores);
            }
        }
    }

    @Test
    void answersThatWereAskedBeforeKeepTheirLogits() {
        List<Answer> answers = answers();
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                RewardModel model = ensemble(manager, answers, false)) {
            Logits logits = new Logits(model);
            double[] some = logits.scores(answers.subList(2, 5));
            double[] all = logits.scores(answers);

            assertThat(all).containsExactly(model.logits(answers), within(1e-5));
            assertThat(Arrays.copyOfRange(all, 2, 5)).containsExactly(some);
            assertThat(logits.scores(List.of(answers.get(4), answers.get(4))))
                    .containsExactly(some[2], some[2]);
        }
    }

    /// Two members that count tokens, each in its own way and by its own body.
    private static RewardModel ensemble(
            NDManager manager, List<Answer> anchors, boolean lengthFree) {
        List<RewardModel.Member> members = new ArrayList<>();
        for (int seed = 1; seed <= 2; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            float[] score = new float[CONFIG.hidden()];
            float[] count = new float[CONFIG.hidden()];
            for (int h = 0; h < score.length; h++) {
                score[h] = (float) random.nextGaussian();
                count[h] = (float) random.nextGaussian();
            }
            try (Llama body = Llama.random(manager, CONFIG, seed)) {
                ScalarModel network =
                        ScalarModel.from(manager, body, new ScalarModel.Heads(score, count));
                members.add(
                        new RewardModel.Member(
                                network,
                                Surface.NONE,
                                Normalisation.of(
                                        RewardModel.rawScores(manager, network, anchors), 0.05)));
            }
        }
        return new RewardModel(manager, members, 0.5, Normalisation.NONE)
                .normalised(anchors, 0.05, lengthFree);
    }

    private static List<Answer> answers() {
        SplittableRandom random = new SplittableRandom(7);
        return IntStream.range(0, 40)
                .mapToObj(i ->
                        new Answer(
                                List.of(1, 3 + i % 20),
                                random.ints(1 + i % 8, 3, 24).boxed().toList()))
                .toList();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double covariance(double[] x, double[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += (x[i] - mean(x)) * (y[i] - mean(y));
        }
        return sum / x.length;
    }
}
