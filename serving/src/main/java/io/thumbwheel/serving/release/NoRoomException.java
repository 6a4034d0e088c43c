package io.thumbwheel.serving.release;

/// There is no memory for one more release; with fewer in memory there may be.
final class NoRoomException extends ReleaseRefusedException {
    private static final long serialVersionUID = 1;

    NoRoomException(String message) {
        super(message);
    }
}
