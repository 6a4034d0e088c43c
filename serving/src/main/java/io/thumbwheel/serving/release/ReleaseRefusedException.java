package io.thumbwheel.serving.release;

import org.jspecify.annotations.Nullable;

/// A release that must not serve here, and why. What served before keeps serving.
public sealed class ReleaseRefusedException extends Exception permits NoRoomException {
    private static final long serialVersionUID = 1L;

    ReleaseRefusedException(String message) {
        super(message);
    }

    ReleaseRefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
