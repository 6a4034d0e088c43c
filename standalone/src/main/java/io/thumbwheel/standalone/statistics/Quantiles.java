package io.thumbwheel.standalone.statistics;

import java.util.Arrays;

/// Quantiles with linear interpolation between neighbours (type 7 of Hyndman and Fan 1996, "Sample
/// Quantiles in Statistical Packages").
public final class Quantiles {
    private Quantiles() {}

    /// The quantile of values in any order.
    ///
    /// @param share 0 for the lowest, 1 for the highest
    public static double of(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return ofSorted(sorted, share);
    }

    static double ofSorted(double[] sorted, double share) {
        if (sorted.length == 0 || !(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "a quantile needs a value and a share of 0 to 1, got %d values and %s"
                            .formatted(sorted.length, share));
        }
        double at = share * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
