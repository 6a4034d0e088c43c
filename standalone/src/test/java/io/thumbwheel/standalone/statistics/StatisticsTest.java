package io.thumbwheel.standalone.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StatisticsTest {
    @Test
    void tiesAreHalfAWin() {
        Interval rate = WinRate.paired(new double[] {2, 1, 0, 5}, new double[] {1, 1, 3, 4}, 1);

        // Two wins, a tie and a loss.
        assertThat(rate.estimate()).isEqualTo(2.5 / 4);
        assertThat(rate.low()).isLessThan(rate.estimate());
        assertThat(rate.high()).isGreaterThan(rate.estimate());
    }

    @Test
    void theBootstrapIntervalIsAsWideAsTheBinomialOne() {
        var challenger = new double[400];
        Arrays.fill(challenger, 0, 280, 1);
        Arrays.fill(challenger, 280, 400, -1);

        Interval rate = WinRate.paired(challenger, new double[400], 7);

        // 0.7 +- 1.96 sqrt(0.7 * 0.3 / 400) = 0.655 to 0.745.
        assertThat(rate.estimate()).isEqualTo(0.7);
        assertThat(rate.low()).isEqualTo(0.655, within(0.006));
        assertThat(rate.high()).isEqualTo(0.745, within(0.006));
        assertThat(WinRate.paired(challenger, new double[400], 7)).isEqualTo(rate);
    }

    @Test
    void equalPoliciesDrawInEveryResample() {
        assertThat(WinRate.paired(new double[] {1, 2}, new double[] {1, 2}, 3))
                .isEqualTo(new Interval(0.5, 0.5, 0.5));
    }

    @Test
    void unpairedScoresAreRefused() {
        assertThatThrownBy(() -> WinRate.paired(new double[2], new double[3], 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 and 3");
    }

    @Test
    void lengthControlIsThePlainRateWhereLengthsAreEqual() {
        var challenger = new double[] {1, 1, 1, 0};

        double rate =
                WinRate.lengthControlled(
                        challenger, new double[] {0, 0, 0, 1}, new double[4], new double[4]);

        // Ridge 0.01 moves logit(0.75) a little towards 0.
        assertThat(rate).isEqualTo(0.75, within(0.005));
    }

    @Test
    void winsThatComeFromLengthAloneVanish() {
        int n = 200;
        var challenger = new double[n];
        var lengths = new double[n];
        for (int i = 0; i < n; i++) {
            // 150 answers are longer by 10 and win 4 times of 5; 50 are shorter and lose 4 of 5.
            lengths[i] = i < 150 ? 10 : -10;
            boolean wins = (i < 150) == (i % 5 != 0);
            challenger[i] = wins ? 1 : -1;
        }

        double plain = WinRate.paired(challenger, new double[n], 1).estimate();
        double controlled =
                WinRate.lengthControlled(challenger, new double[n], lengths, new double[n]);

        assertThat(plain).isEqualTo(0.65);
        assertThat(controlled).isEqualTo(0.5, within(0.01));
    }

    @Test
    void wilsonMatchesTheTextbook() {
        // 8 of 10: (0.8 + 0.19207 +- 1.96 sqrt(0.016 + 0.0096036)) / 1.384146.
        Interval interval = Interval.wilson(8, 10);

        assertThat(interval.estimate()).isEqualTo(0.8);
        assertThat(interval.low()).isEqualTo(0.4902, within(1e-4));
        assertThat(interval.high()).isEqualTo(0.9433, within(1e-4));
        assertThat(Interval.wilson(0, 5).low()).isZero();
        assertThat(Interval.wilson(5, 5).high()).isEqualTo(1);
        assertThatThrownBy(() -> Interval.wilson(3, 2)).hasMessageContaining("3 of 2");
    }

    @Test
    void quantilesInterpolate() {
        var values = new double[] {40, 10, 30, 20};

        assertThat(Quantiles.of(values, 0)).isEqualTo(10);
        assertThat(Quantiles.of(values, 0.5)).isEqualTo(25);
        assertThat(Quantiles.of(values, 0.99)).isEqualTo(39.7, within(1e-9));
        assertThat(values[0]).isEqualTo(40);
        assertThatThrownBy(() -> Quantiles.of(new double[0], 0.5)).hasMessageContaining("0 values");
    }

    @Test
    void distinct2CountsOverEqualPairs() {
        List<String> answers = List.of("The dog ran.", "The dog sat on it.");

        // Pairs: the dog, dog ran | the dog, dog sat, sat on, on it.
        assertThat(Diversity.pairs(answers)).isEqualTo(6);
        assertThat(Diversity.distinct2(answers, 6)).isEqualTo(5 / 6.0);
        assertThat(Diversity.distinct2(answers, 3)).isEqualTo(2 / 3.0);
        assertThat(Diversity.distinct2(List.of(), 3)).isZero();
    }

    @Test
    void sameOpeningIsTheShareOfTheCommonestFourWords() {
        List<String> answers =
                List.of(
                        "Once upon a time, there was",
                        "Once upon a time he",
                        "Once upon a hill",
                        "One day");

        assertThat(Diversity.sameOpening(answers)).isEqualTo(0.5);
    }
}
