package io.thumbwheel.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
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
    void theSlopeOfLengthIsTakenOff() {
        List<Answer> answers =
                IntStream.rangeClosed(1, 3)
                        .mapToObj(n -> new Answer(List.of(1), Collections.nCopies(n, 2)))
                        .toList();

        // score = 2 length + rest, rest = 1, -2, 1
        Normalisation normalisation =
                Normalisation.lengthFree(new double[] {3, 2, 7}, answers, 0.01);

        assertThat(normalisation.lengthSlope()).isCloseTo(2, within(1e-12));
        assertThat(normalisation.meanLength()).isCloseTo(2, within(1e-12));
        assertThat(normalisation.apply(2, answers.get(1))).isCloseTo(-Math.sqrt(2), within(1e-9));
        assertThat(normalisation.apply(7, answers.get(2))).isCloseTo(Math.sqrt(0.5), within(1e-9));
    }

    @Test
    void aModelThatTellsNothingApartIsNotBlownUp() {
        Normalisation normalisation = Normalisation.of(new double[] {1, 1.001}, 0.05);

        assertThat(normalisation.apply(1.001) - normalisation.apply(1))
                .isCloseTo(0.02, within(1e-9));
    }
}
