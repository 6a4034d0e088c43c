package io.thumbwheel.trainer.ppo;

/// Seconds of wall time.
final class Stopwatch {

    private final long start = System.nanoTime();
    private long lap = start;

    /// Since the last lap.
    double lap() {
        long now = System.nanoTime();
        double seconds = (now - lap) / 1e9;
        lap = now;
        return seconds;
    }

    /// Since the start.
    double total() {
        return (System.nanoTime() - start) / 1e9;
    }
}
