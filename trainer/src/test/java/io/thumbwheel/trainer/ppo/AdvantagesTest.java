package io.thumbwheel.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AdvantagesTest {

    @Test
    void twoTokensByHand() {
        // d1 = 2 - 0.5 = 1.5; d0 = 1 + 0.5*0.5 - 0.25 = 1; A1 = 1.5; A0 = 1 + 0.5*0.8*1.5 = 1.6
        Advantages advantages =
                Advantages.of(new float[] {1, 2}, new float[] {0.25f, 0.5f}, 0.5, 0.8);

        assertThat(advantages.advantages())
                .containsExactly(new float[] {1.6f, 1.5f}, within(1e-6f));
        assertThat(advantages.returns()).containsExactly(new float[] {1.85f, 2f}, within(1e-6f));
    }

    @Test
    void lambdaZeroGivesTemporalDifferences() {
        Advantages advantages = Advantages.of(new float[] {1, 2, 3}, new float[] {4, 5, 6}, 1, 0);

        assertThat(advantages.advantages()).containsExactly(2, 3, -3);
    }

    @Test
    void lambdaOneGivesRewardToGo() {
        Advantages advantages = Advantages.of(new float[] {1, 2, 3}, new float[] {4, 5, 6}, 1, 1);

        assertThat(advantages.returns()).containsExactly(6, 5, 3);
        assertThat(advantages.advantages()).containsExactly(2, 0, -3);
    }

    @Test
    void equalsTheClosedForm() {
        SplittableRandom random = new SplittableRandom(7);
        float[] rewards = new float[9];
        float[] values = new float[9];
        for (int t = 0; t < 9; t++) {
            rewards[t] = (float) random.nextDouble(-1, 1);
            values[t] = (float) random.nextDouble(-1, 1);
        }

        float[] advantages = Advantages.of(rewards, values, 0.9, 0.95).advantages();

        for (int t = 0; t < 9; t++) {
            double sum = 0;
            for (int l = 0; t + l < 9; l++) {
                double next = t + l + 1 < 9 ? values[t + l + 1] : 0;
                sum += Math.pow(0.9 * 0.95, l) * (rewards[t + l] + 0.9 * next - values[t + l]);
            }
            assertThat(advantages[t]).isCloseTo((float) sum, within(1e-5f));
        }
    }

    @Test
    void whiteningGivesMeanZeroAndVarianceOne() {
        List<float[]> rows = List.of(new float[] {1, 2, 3}, new float[] {10}, new float[] {-4, 0});

        Advantages.whiten(rows);

        double sum = 0;
        double squares = 0;
        for (float[] row : rows) {
            for (float value : row) {
                sum += value;
                squares += value * value;
            }
        }
        assertThat(sum / 6).isCloseTo(0, within(1e-6));
        assertThat(squares / 6).isCloseTo(1, within(1e-6));
    }

    @Test
    void whiteningEqualAdvantagesGivesZeros() {
        List<float[]> rows = List.of(new float[] {2, 2}, new float[] {2});

        Advantages.whiten(rows);

        assertThat(rows.get(0)).containsExactly(0, 0);
        assertThat(rows.get(1)).containsExactly(0);
    }
}
