package io.thumbwheel.standalone.client;

/// A request was not answered as asked.
public final class ApiException extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;

    ApiException(int status, String message) {
        super(message);
        this.status = status;
    }

    ApiException(String message, Throwable cause) {
        super(message, cause);
        this.status = 0;
    }

    /// The HTTP status; 0 where there was no answer.
    public int status() {
        return status;
    }
}
