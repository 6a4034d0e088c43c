package io.thumbwheel.serving.generation;

/// An answer in the making.
public interface Generation {
    /// Ends it, from any thread, as often as one likes: the slot is free within one step, and the
    /// listener hears `finished(CANCELLED)` unless it had already ended.
    void cancel();
}
