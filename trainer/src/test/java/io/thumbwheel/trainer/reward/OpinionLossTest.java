package io.thumbwheel.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.model.Step;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpinionLossTest {
    private static final Answer ANY = new Answer(List.of(1), List.of(2));
    private static final Thresholds HALF =
            new Thresholds(
                    new Thresholds.Scale(Map.of("r", 0.5), 0),
                    new Thresholds.Scale(Map.of("r", 0.25), 0));
    private static final List<Opinion> MIXED =
            List.of(
                    pair(1, 0.3),
                    pair(0.5, 0),
                    new Opinion.Ranking(List.of(ANY, ANY, ANY), 2, "r"),
                    new Opinion.Pick(List.of(ANY, ANY, ANY, ANY), 2, 1, "r"),
                    new Opinion.Pick(List.of(ANY, ANY), 0, 0.5, "r"),
                    new Opinion.Thumb(ANY, true, 1, "r"),
                    new Opinion.Thumb(ANY, false, 0.7, "s"),
                    new Opinion.Rating(ANY, 1.5, 1, "r"));
    private static final double[] SCORES = {
        0.4, -0.2, 1.1, 0.9, 0.3, -0.6, 0.8, 0.1, 1.7, -0.4, 0.2, 0.5, -1.2, 0.6, -0.3, 0.9
    };

    @Test
    void eachKindCostsWhatItsFormulaSays() {
        // log(1 + e^-(1 - 0.5))
        assertThat(loss(pair(1, 0.5), 1, 0)).isCloseTo(0.474077, within(1e-6));
        // log(1 + e^-(1 - 0.5)) and log(1 + e^(1 - 0.5)), 0.5 being the rater's threshold
        assertThat(loss(new Opinion.Thumb(ANY, true, 1, "r"), 1)).isCloseTo(0.474077, within(1e-6));
        assertThat(loss(new Opinion.Thumb(ANY, false, 1, "r"), 1))
                .isCloseTo(0.974077, within(1e-6));
        // log(e + e^2 + e^3) - 2
        assertThat(loss(new Opinion.Pick(List.of(ANY, ANY, ANY), 1, 1, "r"), 1, 2, 3))
                .isCloseTo(1.407606, within(1e-6));
        // (1 - 0.25 - 0.5)^2 / 2
        assertThat(loss(new Opinion.Rating(ANY, 0.5, 1, "r"), 1)).isCloseTo(0.03125, within(1e-9));
    }

    @Test
    void aRankingIsTheMeanOfItsPairs() {
        double mean =
                (PairLoss.of(1.2 - 0.3, 1) + PairLoss.of(1.2 + 0.5, 1) + PairLoss.of(0.3 + 0.5, 1))
                        / 3;

        assertThat(loss(new Opinion.Ranking(List.of(ANY, ANY, ANY), 1, "r"), 1.2, 0.3, -0.5))
                .isCloseTo(mean, within(1e-12));
    }

    @Test
    void thePickOfTwoIsBradleyTerry() {
        Opinion pick = new Opinion.Pick(List.of(ANY, ANY), 0, 1, "r");

        for (double smoothing : new double[] {0, 0.1}) {
            assertThat(new OpinionLoss(List.of(pick), HALF, smoothing).of(new double[] {1.3, 0.4}))
                    .isCloseTo(
                            new OpinionLoss(List.of(pair(1, 0)), HALF, smoothing)
                                    .of(new double[] {1.3, 0.4}),
                            within(1e-12));
        }
    }

    @Test
    void aConstantOnAllScoresChangesNothing() {
        double[] shifted = Arrays.stream(SCORES).map(score -> score + 7).toArray();

        assertThat(new OpinionLoss(MIXED, Thresholds.fit(MIXED, shifted), 0.1).of(shifted))
                .isCloseTo(
                        new OpinionLoss(MIXED, Thresholds.fit(MIXED, SCORES), 0.1).of(SCORES),
                        within(1e-9));
    }

    @Test
    void gradientsAgreeWithFiniteDifferences() {
        OpinionLoss loss = new OpinionLoss(MIXED, HALF, 0.1);
        float[] scores = new float[SCORES.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) SCORES[i];
        }
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Step step = Step.open(manager)) {
            NDArray tensor = step.manager().create(scores);
            tensor.setRequiresGradient(true);

            float value = step.backward(() -> loss.of(tensor));

            assertThat((double) value).isCloseTo(loss.of(SCORES), within(1e-5));
            float[] gradient = tensor.getGradient().toFloatArray();
            for (int i = 0; i < scores.length; i++) {
                double[] up = SCORES.clone();
                double[] down = SCORES.clone();
                up[i] += 1e-5;
                down[i] -= 1e-5;
                assertThat((double) gradient[i])
                        .as("answer %d", i)
                        .isCloseTo((loss.of(up) - loss.of(down)) / 2e-5, within(1e-6));
            }
        }
    }

    @Test
    void aThumbIsRightAboveItsRatersThreshold() {
        double[] margins =
                new OpinionLoss(
                                List.of(
                                        pair(0.5, 0),
                                        new Opinion.Thumb(ANY, true, 1, "r"),
                                        new Opinion.Thumb(ANY, false, 1, "r"),
                                        new Opinion.Pick(List.of(ANY, ANY, ANY), 1, 1, "r")),
                                HALF,
                                0)
                        .margins(new double[] {3, 4, 1, 1, 0, 2, 1.5});

        assertThat(margins).containsExactly(0.5, -0.5, 0.5);
    }

    private static double loss(Opinion opinion, double... scores) {
        return new OpinionLoss(List.of(opinion), HALF, 0).of(scores);
    }

    private static Pair pair(double target, double margin) {
        return new Pair(List.of(1), List.of(2), List.of(3), target, 1, "r", margin);
    }
}
