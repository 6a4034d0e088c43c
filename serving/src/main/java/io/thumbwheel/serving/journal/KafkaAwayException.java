package io.thumbwheel.serving.journal;

/// Kafka did not take an event in time, or did not answer. The event may still arrive.
public final class KafkaAwayException extends Exception {
    private static final long serialVersionUID = 1L;

    KafkaAwayException(String message, Throwable cause) {
        super(message, cause);
    }
}
