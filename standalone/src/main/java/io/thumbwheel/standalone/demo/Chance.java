package io.thumbwheel.standalone.demo;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Random numbers that belong to a place in the demo and not to the order in which threads come by.
record Chance(long seed) {
    /// The generator of item `index` of a purpose.
    RandomGenerator of(String purpose, long index) {
        return new SplittableRandom(seedOf(purpose, index));
    }

    /// A seed for a sampler elsewhere, not negative.
    long seedOf(String purpose, long index) {
        long mixed = new SplittableRandom(seed ^ ((long) purpose.hashCode() << 20)).nextLong();
        return new SplittableRandom(mixed + index * 0x9E3779B97F4A7C15L).nextLong() >>> 11;
    }
}
