package io.thumbwheel.serving.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PrefillPaceTest {
    private static final long FIFTY = Duration.ofMillis(50).toNanos();

    private final PrefillPace pace = new PrefillPace();

    @Test
    void aPolicyThatHasReadNothingGetsFourBlocks() {
        assertThat(pace.tokensIn(FIFTY)).isEqualTo(64);
    }

    @Test
    void theTimeTimesTheMeasuredPaceGivesTheTokens() {
        pace.took(128, Duration.ofMillis(100).toNanos()); // 1.28 tokens per ms

        assertThat(pace.tokensIn(FIFTY)).isEqualTo(64);
        assertThat(pace.tokensIn(4 * FIFTY)).isEqualTo(256);
        assertThat(pace.tokensIn(FIFTY + FIFTY / 10)).isEqualTo(64); // 70.4: whole blocks
    }

    @Test
    void theNewestPassesCountMost() {
        pace.took(100, 100_000_000);
        for (int pass = 0; pass < 20; pass++) {
            pace.took(100, 10_000_000);
        }

        assertThat(pace.tokensIn(FIFTY)).isEqualTo(480); // of 500, a hundredth of the old pace left
    }

    @Test
    void shortPassesSayNothingAboutThePace() {
        pace.took(128, Duration.ofMillis(100).toNanos());
        pace.took(1, Duration.ofMillis(100).toNanos());

        assertThat(pace.tokensIn(FIFTY)).isEqualTo(64);
    }

    @Test
    void aBlockIsReadHoweverSlowItIs() {
        pace.took(16, Duration.ofSeconds(16).toNanos());

        assertThat(pace.tokensIn(FIFTY)).isEqualTo(16);
        assertThat(pace.tokensIn(-FIFTY)).isEqualTo(16);
    }
}
