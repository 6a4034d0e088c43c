package io.thumbwheel.serving.limit;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// The buckets of one replica, in its memory. Callers are API keys, so there are few.
final class LocalBuckets implements Buckets {
    private final RateLimit limit;
    private final Clock clock;
    private final Map<String, Double> fullAt = new HashMap<>(); // epoch milliseconds; under this

    LocalBuckets(RateLimit limit, Clock clock) {
        this.limit = limit;
        this.clock = clock;
    }

    @Override
    public synchronized Duration take(String caller, int tokens) {
        double now = clock.millis();
        double after = limit.fullAfter(fullAt.getOrDefault(caller, now), tokens, now);
        double missing = limit.missing(after, now);
        if (missing > 0) {
            return Duration.ofMillis((long) Math.ceil(missing));
        }
        fullAt.put(caller, after);
        return Duration.ZERO;
    }
}
