package io.thumbwheel.trainer.run;

import java.io.Serial;

/// A refresh that cannot begin as things stand; the message says what to wait for or to do.
final class RefreshConflictException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    RefreshConflictException(String message) {
        super(message);
    }
}
