package io.thumbwheel.serving.limit;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;

/// Limiters without the service around them.
public final class TestingLimits {
    private TestingLimits() {}

    /// Lets everything through.
    public static RateLimiter off() {
        Buckets none = (_, _) -> Duration.ZERO;
        LocalBuckets local = new LocalBuckets(RateLimit.ofMinute(1, 1), Clock.systemUTC());
        return new RateLimiter(none, local, 0, new SimpleMeterRegistry());
    }
}
