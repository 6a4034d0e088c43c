package io.thumbwheel.serving.generation;

/// As many requests wait as may: try again later (429).
public final class QueueFullException extends Exception {
    private static final long serialVersionUID = 1;

    QueueFullException(int waiting) {
        super(waiting + " requests are waiting, which is the limit: try again in a moment");
    }
}
