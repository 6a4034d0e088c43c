package io.thumbwheel.serving.generation;

import java.time.Duration;

/// As many requests wait as may: try again later (429).
public final class QueueFullException extends Exception {
    private static final long serialVersionUID = 1;

    private final Duration retryAfter;

    QueueFullException(int waiting, int places, Duration retryAfter) {
        super(
                "%d requests wait for %d places (serving.queue.waiting), of which no key may have all: at the present pace they are through in %d s"
                        .formatted(waiting, places, retryAfter.toSeconds()));
        this.retryAfter = retryAfter;
    }

    /// In what time those that wait will have a slot, by the measured rate.
    public Duration retryAfter() {
        return retryAfter;
    }
}
