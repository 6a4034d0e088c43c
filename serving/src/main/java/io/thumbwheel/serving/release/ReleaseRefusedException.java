package io.thumbwheel.serving.release;

import org.jspecify.annotations.Nullable;

/// A release that must not serve here, and why. What served before keeps serving.
public final class ReleaseRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    ReleaseRefusedException(String message) {
        super(message);
    }

    ReleaseRefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
