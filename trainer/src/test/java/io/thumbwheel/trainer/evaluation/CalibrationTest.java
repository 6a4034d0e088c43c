package io.thumbwheel.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CalibrationTest {

    @Test
    void isZeroWhereSharesAreAsPredicted() {
        double[] predicted = {0.75, 0.75, 0.75, 0.75};
        double[] observed = {1, 1, 1, 0};

        assertThat(Calibration.expectedError(predicted, observed)).isCloseTo(0, within(1e-12));
    }

    @Test
    void isTheGapOfAnOverconfidentModel() {
        assertThat(Calibration.expectedError(new double[] {0.9, 0.9}, new double[] {1, 0}))
                .isCloseTo(0.4, within(1e-12));
    }

    @Test
    void aMirroredPairSaysTheSame() {
        double[] predicted = {0.8, 0.3, 0.6};
        double[] observed = {1, 0.5, 0};

        assertThat(
                        Calibration.expectedError(
                                new double[] {0.2, 0.7, 0.4}, new double[] {0, 0.5, 1}))
                .isCloseTo(Calibration.expectedError(predicted, observed), within(1e-12));
    }
}
