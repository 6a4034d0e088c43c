package io.thumbwheel.serving.generation;

import java.time.Duration;

/// Limits of the scheduler.
///
/// @param maxWaiting most requests that wait for a slot; more are refused
/// @param longestWait after which a waiting request fails
/// @param prefillTokens most padded prompt tokens of one prefill pass (one prompt always fits): it
///   bounds the pause that new prompts cause to the answers in the making
public record SchedulerConfig(int maxWaiting, Duration longestWait, int prefillTokens) {
    public SchedulerConfig {
        if (maxWaiting < 1) {
            throw new IllegalArgumentException("maxWaiting must be at least 1, got " + maxWaiting);
        }
        if (!longestWait.isPositive()) {
            throw new IllegalArgumentException("longestWait must be positive, got " + longestWait);
        }
        if (prefillTokens < 1) {
            throw new IllegalArgumentException(
                    "prefillTokens must be at least 1, got " + prefillTokens);
        }
    }

    /// 256 waiting, 30 s, 512 tokens.
    public static SchedulerConfig defaults() {
        return new SchedulerConfig(256, Duration.ofSeconds(30), 512);
    }
}
