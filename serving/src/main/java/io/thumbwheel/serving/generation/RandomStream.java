package io.thumbwheel.serving.generation;

/// A counter-based source of chance: the draw of each step is a function of (seed, choice, step)
/// alone, so an answer does not depend on what else is in its batch.
///
/// The mixing function is SplitMix64's (Steele, Lea, Flood: Fast splittable pseudorandom number
/// generators, OOPSLA 2014).
final class RandomStream {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final long key;

    RandomStream(long seed, int choice) {
        key = mix(mix(seed + GOLDEN_GAMMA) + (choice + 1L) * GOLDEN_GAMMA);
    }

    /// Uniform in [0, 1).
    double uniform(int step) {
        return (mix(key + (step + 1L) * GOLDEN_GAMMA) >>> 11) * 0x1p-53;
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
