package io.thumbwheel.serving.redis;

/// Redis has not answered in time, or with an error.
public final class RedisAwayException extends Exception {
    private static final long serialVersionUID = 1L;

    RedisAwayException(String message, Throwable cause) {
        super(message, cause);
    }

    RedisAwayException(String message) {
        super(message);
    }
}
