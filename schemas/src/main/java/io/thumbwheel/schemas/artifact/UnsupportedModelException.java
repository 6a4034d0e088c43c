package io.thumbwheel.schemas.artifact;

import java.io.Serial;

/// A checkpoint that this platform cannot run as it was meant; the message names what it has and
/// what would be accepted.
public final class UnsupportedModelException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    public UnsupportedModelException(String message) {
        super(message);
    }
}
