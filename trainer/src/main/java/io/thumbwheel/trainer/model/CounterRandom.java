package io.thumbwheel.trainer.model;

/// Uniform numbers that are a function of (seed, row, step) and of nothing else, so that what is
/// drawn for a row does not depend on the rows beside it, on their order, or on when they end.
///
/// Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3" (counter-based generators).
/// Departure: the mixing function is that of SplitMix64 (Steele, Lea & Flood 2014), applied once
/// per counter.
final class CounterRandom {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private CounterRandom() {}

    /// In [0, 1).
    static double uniform(long seed, long row, long step) {
        long mixed = mix(mix(mix(seed + GOLDEN) + row * GOLDEN + 1) + step * GOLDEN + 2);
        return (mixed >>> 11) * 0x1p-53;
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
