package io.thumbwheel.serving.generation;

import java.time.Duration;

/// A request found no free slot in time (503).
public final class QueueTimeoutException extends Exception {
    private static final long serialVersionUID = 1;

    QueueTimeoutException(Duration longestWait) {
        super("no slot became free within " + longestWait + ": try again in a moment");
    }
}
