package io.thumbwheel.serving.onnx;

/// A release cannot be run here: keep serving the one before.
public final class ReleaseUnusableException extends Exception {
    private static final long serialVersionUID = 1;

    ReleaseUnusableException(String message, Throwable cause) {
        super(message, cause);
    }

    ReleaseUnusableException(String message) {
        super(message);
    }
}
