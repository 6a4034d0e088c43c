package io.thumbwheel.standalone.demo;

/// The demo cannot go on; the message says why.
public final class DemoFailedException extends Exception {
    private static final long serialVersionUID = 1;

    DemoFailedException(String message) {
        super(message);
    }

    DemoFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
