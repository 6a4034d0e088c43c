package io.thumbwheel.serving.bench;

/// The benchmark cannot be run, or its contenders do not compute the same.
final class BenchmarkFailedException extends Exception {
    private static final long serialVersionUID = 1;

    BenchmarkFailedException(String message) {
        super(message);
    }

    BenchmarkFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
