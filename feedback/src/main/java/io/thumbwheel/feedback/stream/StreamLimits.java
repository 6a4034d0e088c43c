package io.thumbwheel.feedback.stream;

import java.time.Duration;

/// How much the stream remembers and lets through.
///
/// @param completionsKept how long a completion can still be joined
/// @param feedbackKept how long feedback can still be replaced or taken back
/// @param promptsPerUser most prompts of one user per partition of the completions; conversations
///   spread over partitions by hash
public record StreamLimits(Duration completionsKept, Duration feedbackKept, int promptsPerUser) {
    /// What the platform promises: 31 and 400 days.
    public static final StreamLimits DEFAULT =
            new StreamLimits(Duration.ofDays(31), Duration.ofDays(400), 1_000);

    public StreamLimits {
        if (promptsPerUser < 1) {
            throw new IllegalArgumentException(
                    "prompts per user must be at least 1, got " + promptsPerUser);
        }
    }
}
