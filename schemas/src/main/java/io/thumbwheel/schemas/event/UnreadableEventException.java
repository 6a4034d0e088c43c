package io.thumbwheel.schemas.event;

import org.jspecify.annotations.Nullable;

/// A record that cannot be read as an event; it goes to the topic's dead letters with this message.
public final class UnreadableEventException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableEventException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
