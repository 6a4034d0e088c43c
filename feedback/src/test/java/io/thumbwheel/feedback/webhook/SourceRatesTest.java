package io.thumbwheel.feedback.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SourceRatesTest {
    private long now = 7;
    private final SourceRates rates = new SourceRates(() -> now);

    @Test
    void aMinutesWorthIsLetInAtOnceAndThenOneByOne() {
        for (int i = 0; i < 6; i++) {
            assertThat(rates.secondsUntil("votes", 6)).isZero();
        }

        assertThat(rates.secondsUntil("votes", 6)).isEqualTo(10);
        now += TimeUnit.SECONDS.toNanos(4);
        assertThat(rates.secondsUntil("votes", 6)).isEqualTo(6);
        now += TimeUnit.SECONDS.toNanos(6);
        assertThat(rates.secondsUntil("votes", 6)).isZero();
        assertThat(rates.secondsUntil("votes", 6)).isEqualTo(10);
    }

    @Test
    void sourcesDoNotShareTheirRates() {
        assertThat(rates.secondsUntil("votes", 1)).isZero();

        assertThat(rates.secondsUntil("others", 1)).isZero();
        assertThat(rates.secondsUntil("votes", 1)).isEqualTo(60);
    }

    @Test
    void restDoesNotAddUpBeyondAMinutesWorth() {
        assertThat(rates.secondsUntil("votes", 1)).isZero();
        now += TimeUnit.HOURS.toNanos(1);

        assertThat(rates.secondsUntil("votes", 1)).isZero();
        assertThat(rates.secondsUntil("votes", 1)).isEqualTo(60);
    }
}
