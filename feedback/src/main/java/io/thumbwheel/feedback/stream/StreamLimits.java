package io.thumbwheel.feedback.stream;

import java.time.Duration;

/// How much the stream remembers and lets through, and how soon it must show it.
///
/// @param completionsKept how long a completion can still be joined
/// @param feedbackKept how long feedback can still be replaced or taken back
/// @param promptsPerUser most prompts of one user per partition of the completions; conversations
///   spread over partitions by hash
/// @param visibleWithin how long what was said just now may wait for its commit
public record StreamLimits(
        Duration completionsKept,
        Duration feedbackKept,
        int promptsPerUser,
        Duration visibleWithin) {
    /// What the platform promises: 31 and 400 days, a tenth of a second.
    public static final StreamLimits DEFAULT =
            new StreamLimits(
                    Duration.ofDays(31), Duration.ofDays(400), 1_000, Duration.ofMillis(100));

    public StreamLimits {
        if (promptsPerUser < 1) {
            throw new IllegalArgumentException(
                    "prompts per user must be at least 1, got " + promptsPerUser);
        }
    }
}
