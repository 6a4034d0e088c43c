package io.thumbwheel.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class WilsonIntervalTest {

    @Test
    void eightyOfAHundred() {
        WilsonInterval interval = WilsonInterval.of(80, 100);

        assertThat(interval.share()).isEqualTo(0.8);
        assertThat(interval.low()).isCloseTo(0.7112, within(1e-4));
        assertThat(interval.high()).isCloseTo(0.8666, within(1e-4));
    }

    @Test
    void staysInsideZeroAndOne() {
        assertThat(WilsonInterval.of(0, 3).low()).isCloseTo(0, within(1e-12));
        assertThat(WilsonInterval.of(3, 3).high()).isCloseTo(1, within(1e-12));
    }

    @Test
    void knowsNothingWithoutTrials() {
        assertThat(WilsonInterval.of(0, 0)).isEqualTo(new WilsonInterval(0.5, 0, 1, 0));
    }
}
