package io.thumbwheel.serving.generation;

/// A forward pass went wrong: the requests in it fail, the policy may be tried again.
public final class PolicyFailedException extends Exception {
    private static final long serialVersionUID = 1;

    public PolicyFailedException(String message, Throwable cause) {
        super(message, cause);
    }

    public PolicyFailedException(String message) {
        super(message);
    }
}
