package io.thumbwheel.feedback.trust;

import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.distribution.PoissonDistribution;

/// Exact tail probabilities.
final class Tail {
    private Tail() {}

    /// Chance of at most k of n, each with chance p.
    static double atMost(int k, int n, double p) {
        return n == 0 ? 1 : BinomialDistribution.of(n, p).cumulativeProbability(k);
    }

    /// Chance of at least k of n, each with chance p.
    static double atLeast(int k, int n, double p) {
        return n == 0 || k == 0 ? 1 : BinomialDistribution.of(n, p).survivalProbability(k - 1);
    }

    /// Chance of a count as far to one side or the other: twice the smaller tail.
    static double twoSided(int k, int n, double p) {
        return Math.min(1, 2 * Math.min(atMost(k, n, p), atLeast(k, n, p)));
    }

    /// Chance of at least k events where `mean` are expected.
    static double poissonAtLeast(int k, double mean) {
        return k == 0 ? 1 : PoissonDistribution.of(mean).survivalProbability(k - 1);
    }
}
