package io.thumbwheel.serving.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LocalBucketsTest {
    private final SteppedClock clock = new SteppedClock();

    // A token a second, four at once.
    private final LocalBuckets buckets = new LocalBuckets(RateLimit.ofMinute(60, 4), clock);

    @Test
    void aFullBucketGivesItsBurstAndThenATokenPerInterval() {
        assertThat(buckets.take("one", 3)).isZero();
        assertThat(buckets.take("one", 1)).isZero();
        assertThat(buckets.take("one", 1)).isEqualTo(Duration.ofSeconds(1));

        clock.forward(Duration.ofMillis(400));
        assertThat(buckets.take("one", 1)).isEqualTo(Duration.ofMillis(600));
        clock.forward(Duration.ofMillis(600));
        assertThat(buckets.take("one", 1)).isZero();
        assertThat(buckets.take("one", 1)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void whatIsRefusedCostsNothing() {
        assertThat(buckets.take("one", 2)).isZero();

        assertThat(buckets.take("one", 4)).isEqualTo(Duration.ofSeconds(2));
        assertThat(buckets.take("one", 2)).isZero();
    }

    @Test
    void callersHaveBucketsOfTheirOwn() {
        assertThat(buckets.take("one", 4)).isZero();

        assertThat(buckets.take("two", 4)).isZero();
    }

    @Test
    void idleTimeFillsItToTheBrimAndNoFurther() {
        assertThat(buckets.take("one", 4)).isZero();
        clock.forward(Duration.ofHours(1));

        assertThat(buckets.take("one", 4)).isZero();
        assertThat(buckets.take("one", 1)).isEqualTo(Duration.ofSeconds(1));
    }
}
