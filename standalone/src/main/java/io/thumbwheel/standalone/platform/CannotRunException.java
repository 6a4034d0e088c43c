package io.thumbwheel.standalone.platform;

/// The platform cannot start or go on for a reason outside of it; the message says which and what
/// to do.
public final class CannotRunException extends Exception {
    private static final long serialVersionUID = 1;

    public CannotRunException(String message) {
        super(message);
    }

    public CannotRunException(String message, Throwable cause) {
        super(message, cause);
    }
}
