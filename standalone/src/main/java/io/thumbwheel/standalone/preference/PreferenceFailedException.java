package io.thumbwheel.standalone.preference;

/// A person's own preference program does not do its part; the message says what it did.
public final class PreferenceFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PreferenceFailedException(String message) {
        super(message);
    }
}
