package io.thumbwheel.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WinRateTest {

    @Test
    void tiesCountHalf() {
        WinRate rate = WinRate.of(new double[] {1, 2, 3, 4}, new double[] {0, 2, 5, 4}, 0, 1);

        assertThat(rate.rate()).isEqualTo(0.5);
        assertThat(rate.prompts()).isEqualTo(4);
    }

    @Test
    void swappingThePoliciesMirrorsTheRate() {
        double[] ours = {1, 2, 3, 4, 0};
        double[] theirs = {0, 2.5, 1, 0, 0};

        assertThat(WinRate.of(ours, theirs, 0, 1).rate() + WinRate.of(theirs, ours, 0, 1).rate())
                .isEqualTo(1);
    }

    @Test
    void intervalIsThatOfTheBinomialForWinsAndLosses() {
        double[] wins = new double[400];
        Arrays.fill(wins, 0, 240, 1);

        WinRate rate = WinRate.ofWins(wins, 5);

        // 0.6 +- 1.96 * sqrt(0.6 * 0.4 / 400)
        assertThat(rate.low()).isCloseTo(0.552, within(0.01));
        assertThat(rate.high()).isCloseTo(0.648, within(0.01));
    }

    @Test
    void theSameSeedGivesTheSameInterval() {
        double[] wins = {1, 0, 0.5, 1, 1, 0, 1};

        assertThat(WinRate.ofWins(wins, 9)).isEqualTo(WinRate.ofWins(wins, 9));
    }
}
