package io.thumbwheel.standalone.client;

/// Told of a streamed answer while it comes.
@FunctionalInterface
public interface StreamListener {
    /// A piece of text arrived.
    ///
    /// @param atNanos when, by [System#nanoTime]
    /// @param release the release that wrote it
    void piece(long atNanos, String release);
}
