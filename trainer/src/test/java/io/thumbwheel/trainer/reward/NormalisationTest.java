package io.thumbwheel.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NormalisationTest {

    @Test
    void anchorsGetMeanZeroAndDeviationOne() {
        double[] raw = {1, 2, 3, 6};

        Normalisation normalisation = Normalisation.of(raw, 0.01);

        double sum = 0;
        double squares = 0;
        for (double score : raw) {
            sum += normalisation.apply(score);
            squares += normalisation.apply(score) * normalisation.apply(score);
        }
        assertThat(sum).isCloseTo(0, within(1e-12));
        assertThat(squares / 4).isCloseTo(1, within(1e-12));
    }

    @Test
    void aModelThatTellsNothingApartIsNotBlownUp() {
        Normalisation normalisation = Normalisation.of(new double[] {1, 1.001}, 0.05);

        assertThat(normalisation.apply(1.001) - normalisation.apply(1))
                .isCloseTo(0.02, within(1e-9));
    }
}
