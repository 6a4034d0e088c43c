package io.thumbwheel.feedback.intake;

import org.jspecify.annotations.Nullable;

/// Kafka does not have a feedback, so nobody may be told that it was accepted.
final class KafkaAwayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KafkaAwayException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
