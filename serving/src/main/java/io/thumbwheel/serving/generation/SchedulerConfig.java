package io.thumbwheel.serving.generation;

import java.time.Duration;

/// Limits of the scheduler.
///
/// @param maxWaiting most requests that wait for a slot; more are refused
/// @param longestWait after which a waiting request fails
/// @param prefill how long prompts are read between two tokens of the answers in the making
public record SchedulerConfig(int maxWaiting, Duration longestWait, Duration prefill) {
    public SchedulerConfig {
        if (maxWaiting < 1) {
            throw new IllegalArgumentException("maxWaiting must be at least 1, got " + maxWaiting);
        }
        if (!longestWait.isPositive()) {
            throw new IllegalArgumentException("longestWait must be positive, got " + longestWait);
        }
        if (!prefill.isPositive()) {
            throw new IllegalArgumentException("prefill must be positive, got " + prefill);
        }
    }

    /// 256 waiting, 30 s, 50 ms.
    public static SchedulerConfig defaults() {
        return new SchedulerConfig(256, Duration.ofSeconds(30), Duration.ofMillis(50));
    }
}
