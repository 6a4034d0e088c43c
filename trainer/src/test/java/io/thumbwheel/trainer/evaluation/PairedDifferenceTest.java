package io.thumbwheel.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PairedDifferenceTest {
    @Test
    void aSteadyDifferenceHasNoSpread() {
        double[] ours = {1, 1, 0.5};
        double[] theirs = {0.5, 0.5, 0};

        PairedDifference difference = PairedDifference.of(ours, theirs, List.of("a", "b", "c"), 1);

        assertThat(difference).isEqualTo(new PairedDifference(0.5, 0.5, 0.5));
    }

    @Test
    void theIntervalIsThatOfTheMean() {
        // 100 cases, half +1, half 0: mean 0.5, standard error 0.05, so 0.402 to 0.598.
        double[] ours = IntStream.range(0, 100).mapToDouble(i -> i % 2).toArray();
        List<String> groups = IntStream.range(0, 100).mapToObj(Integer::toString).toList();

        PairedDifference difference = PairedDifference.of(ours, new double[100], groups, 1);

        assertThat(difference.difference()).isEqualTo(0.5);
        assertThat(difference.low()).isCloseTo(0.402, within(0.015));
        assertThat(difference.high()).isCloseTo(0.598, within(0.015));
    }

    @Test
    void casesOfOneGroupAreOneDraw() {
        double[] ours = {1, 0};

        PairedDifference difference =
                PairedDifference.of(ours, new double[2], Collections.nCopies(2, "same"), 1);

        assertThat(difference).isEqualTo(new PairedDifference(0.5, 0.5, 0.5));
    }
}
