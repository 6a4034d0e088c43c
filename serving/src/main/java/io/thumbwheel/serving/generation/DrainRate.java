package io.thumbwheel.serving.generation;

import java.time.Duration;

/// How fast the queue drains, by the last requests that left it for a slot. Not thread-safe.
final class DrainRate {
    private static final Duration LEAST = Duration.ofSeconds(1);

    private final long[] left = new long[64]; // nanoseconds, a ring
    private final Duration most;
    private long count;

    /// @param most what [#toDrain] says at most
    DrainRate(Duration most) {
        this.most = most.compareTo(LEAST) < 0 ? LEAST : most;
    }

    /// A request got a slot.
    void left(long now) {
        left[(int) (count % left.length)] = now;
        count++;
    }

    /// In what time so many requests get a slot; 1 s at least.
    Duration toDrain(int requests, long now) {
        int known = (int) Math.min(count, left.length);
        if (known == 0) {
            return LEAST;
        }
        long oldest = left[(int) ((count - known) % left.length)];
        double nanos = (double) (now - oldest) / known * requests;
        if (nanos >= most.toNanos()) {
            return most;
        }
        Duration wait = Duration.ofNanos((long) nanos);
        return wait.compareTo(LEAST) < 0 ? LEAST : wait;
    }
}
