package io.thumbwheel.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Against the exact posterior of one weight, by quadrature.
class SpikeAndSlabTest {
    private static final double CHANCE = 0.1;
    private static final double VARIANCE = 0.5;

    @ParameterizedTest
    @CsvSource({
        "15, 30, 0",
        "20, 30, 0",
        "24, 30, 0",
        "27, 30, 0",
        "60, 100, 0",
        "70, 100, 0",
        "1, 1, 0",
        "20, 30, 0.8",
        "20, 30, -0.8"
    })
    void comesNearTheExactPosterior(int agreeing, int votes, double expected) {
        List<SortedMap<Integer, Double>> rows = new ArrayList<>();
        double[] targets = new double[votes];
        double[] weights = new double[votes];
        Arrays.fill(weights, 1);
        for (int i = 0; i < votes; i++) {
            rows.add(new TreeMap<>(Map.of(0, 1.0)));
            targets[i] = i < agreeing ? 1 : 0;
        }
        SparseRows matrix = SparseRows.of(rows, 2);

        SpikeAndSlab.Posterior found =
                new SpikeAndSlab(matrix, matrix.transposed(), targets, weights)
                        .fit(
                                new SpikeAndSlab.Prior(
                                        new double[] {CHANCE, CHANCE},
                                        new double[] {expected, 0},
                                        new double[] {VARIANCE, 0}));

        double evidence = 0; // of a weight that is not 0, over that of 0
        double mean = 0;
        double step = 1e-3;
        for (double beta = -8; beta <= 8; beta += step) {
            double density =
                    Math.exp(-Math.pow(beta - expected, 2) / VARIANCE / 2)
                            / Math.sqrt(2 * Math.PI * VARIANCE);
            double likelihood =
                    Math.pow(2 / (1 + Math.exp(-beta)), agreeing)
                            * Math.pow(2 / (1 + Math.exp(beta)), votes - agreeing);
            evidence += density * likelihood * step;
            mean += beta * density * likelihood * step;
        }
        double included = CHANCE * evidence / (CHANCE * evidence + 1 - CHANCE);
        assertThat(found.included()[0]).isCloseTo(included, within(0.06));
        assertThat(found.weights()[0]).isCloseTo(included * mean / evidence, within(0.06));
        assertThat(found.weights()[1]).as("kept out").isZero();
    }
}
