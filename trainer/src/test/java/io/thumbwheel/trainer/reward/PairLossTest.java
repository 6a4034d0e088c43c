package io.thumbwheel.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.model.Step;
import org.junit.jupiter.api.Test;

class PairLossTest {

    @Test
    void equalScoresCostLogTwo() {
        assertThat(PairLoss.of(0, 1)).isCloseTo(Math.log(2), within(1e-12));
        assertThat(PairLoss.of(0, 0.5)).isCloseTo(Math.log(2), within(1e-12));
    }

    @Test
    void swappingTheAnswersMirrorsTheLoss() {
        assertThat(PairLoss.of(1.3, 1)).isCloseTo(PairLoss.of(-1.3, 0), within(1e-12));
    }

    @Test
    void smoothingMovesTheTargetTowardsTheOtherAnswer() {
        assertThat(PairLoss.smoothed(1, 0.1)).isCloseTo(0.9, within(1e-12));
        assertThat(PairLoss.smoothed(0, 0.1)).isCloseTo(0.1, within(1e-12));
        assertThat(PairLoss.smoothed(0.5, 0.1)).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void weighsPairsAndPullsScoresApart() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Step step = Step.open(manager)) {
            NDArray difference = step.manager().create(new float[] {2, -1, 0});
            difference.setRequiresGradient(true);

            float loss =
                    step.backward(() ->
                            PairLoss.of(
                                    difference,
                                    new float[] {1, 0, 0.5f},
                                    new float[] {1, 1, 0.5f}));

            // (log(1 + e^-2) + log(1 + e^-1) + 0.5 log 2) / 2.5
            assertThat(loss).isCloseTo(0.314710f, within(1e-5f));
            // -sigma(-2) / 2.5, sigma(-1) / 2.5, 0
            assertThat(difference.getGradient().toFloatArray())
                    .containsExactly(new float[] {-0.047681f, 0.107577f, 0}, within(1e-5f));
        }
    }
}
