package io.thumbwheel.feedback.webhook;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// How many deliveries each source may still make: a minute's worth at once, and as many again
/// within the next minute. Counted by this process alone.
final class SourceRates {
    private final LongSupplier nanoTime;
    private final Map<String, Bucket> buckets = new HashMap<>();

    private record Bucket(double left, long at) {}

    SourceRates(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /// Counts a delivery.
    ///
    /// @param source a configured one, so that there are few
    /// @return whole seconds until it may be made; 0 where it may now
    synchronized long secondsUntil(String source, int perMinute) {
        long now = nanoTime.getAsLong();
        double perNano = perMinute / (double) TimeUnit.MINUTES.toNanos(1);
        Bucket before = buckets.getOrDefault(source, new Bucket(perMinute, now));
        double left = Math.min(perMinute, before.left() + (now - before.at()) * perNano);
        if (left >= 1) {
            buckets.put(source, new Bucket(left - 1, now));
            return 0;
        }
        return Math.max(1, (long) Math.ceil((1 - left) / perNano / TimeUnit.SECONDS.toNanos(1)));
    }
}
