package io.thumbwheel.serving.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DrainRateTest {
    private final DrainRate rate = new DrainRate(Duration.ofSeconds(30));

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void withoutAMeasurementItSaysOneSecond() {
        assertThat(rate.toDrain(256, millis(5))).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void theTimeIsThatOfTheLastOnesToLeave() {
        for (int i = 0; i < 1_000; i++) {
            rate.left(millis(i)); // long ago, fast
        }
        for (int i = 0; i < 64; i++) {
            rate.left(millis(10_000 + 100 * i));
        }

        // 64 in 6.4 s: 50 take 5 s; 5 would take half a second.
        assertThat(rate.toDrain(50, millis(16_400))).isEqualTo(Duration.ofSeconds(5));
        assertThat(rate.toDrain(5, millis(16_400))).isEqualTo(Duration.ofSeconds(1));
        // Nothing has left since: it is slower than it was.
        assertThat(rate.toDrain(50, millis(22_800))).isEqualTo(Duration.ofSeconds(10));
        assertThat(rate.toDrain(5_000, millis(22_800))).isEqualTo(Duration.ofSeconds(30));
    }
}
