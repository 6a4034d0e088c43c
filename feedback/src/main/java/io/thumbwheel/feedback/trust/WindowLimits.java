package io.thumbwheel.feedback.trust;

import java.time.Duration;

/// How much a [Window] remembers.
///
/// @param kept age, counted back from the newest event
/// @param completions most completions; about 400 bytes each of two answers
/// @param opinions most opinions; about 350 bytes each
public record WindowLimits(Duration kept, int completions, int opinions) {
    public WindowLimits {
        if (completions < 1 || opinions < 1 || !kept.isPositive()) {
            throw new IllegalArgumentException(
                    "a window keeps something for some time, got %d completions and %d opinions for %s"
                            .formatted(completions, opinions, kept));
        }
    }
}
