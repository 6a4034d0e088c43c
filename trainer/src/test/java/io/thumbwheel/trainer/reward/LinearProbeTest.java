package io.thumbwheel.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LinearProbeTest {

    @Test
    void solvesASymmetricSystem() {
        // 4x + 2y = 10, 2x + 3y = 9
        assertThat(LinearProbe.solve(new double[][] {{4, 0}, {2, 3}}, new double[] {10, 9}))
                .containsExactly(new double[] {1.5, 2}, within(1e-12));
    }

    @Test
    void findsTheFeatureThatPeopleGoBy() {
        SplittableRandom random = new SplittableRandom(3);
        float[][] a = new float[500][4];
        float[][] b = new float[500][4];
        double[] targets = new double[500];
        double[] weights = new double[500];
        Arrays.fill(weights, 1);
        for (int i = 0; i < 500; i++) {
            for (int h = 0; h < 4; h++) {
                a[i][h] = (float) random.nextGaussian();
                b[i][h] = (float) random.nextGaussian();
            }
            boolean flipped = random.nextInt(4) == 0;
            targets[i] = a[i][2] > b[i][2] != flipped ? 1 : 0;
        }

        float[] head = new LinearProbe(a, b, new double[500], targets, weights).head(10);

        assertThat(head[2]).isGreaterThan(0.3f);
        assertThat(Math.abs(head[0]) + Math.abs(head[1]) + Math.abs(head[3]))
                .isLessThan(head[2] * 0.6f);
    }

    @Test
    void aGreatPenaltySaysNothing() {
        float[][] a = {{1}, {2}};
        float[][] b = {{0}, {0}};

        float[] head =
                new LinearProbe(a, b, new double[2], new double[] {1, 1}, new double[] {1, 1})
                        .head(1e9);

        assertThat(head[0]).isCloseTo(0, within(1e-6f));
    }
}
