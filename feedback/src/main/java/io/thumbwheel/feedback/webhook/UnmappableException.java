package io.thumbwheel.feedback.webhook;

/// A payload that its source's mapping makes nothing of.
final class UnmappableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean malformed;

    /// @param malformed whether the payload is at fault, and not the mapping
    UnmappableException(boolean malformed, String message) {
        super(message);
        this.malformed = malformed;
    }

    boolean malformed() {
        return malformed;
    }
}
