package io.thumbwheel.standalone.statistics;

/// An estimate with the ends of its 95 % interval.
public record Interval(double estimate, double low, double high) {
    private static final double Z = 1.959963984540054;

    /// The Wilson score interval of a share.
    ///
    /// Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference": (p +
    /// z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n).
    public static Interval wilson(long successes, long trials) {
        if (successes < 0 || trials < 1 || successes > trials) {
            throw new IllegalArgumentException(
                    "a share needs 0 <= successes <= trials and a trial, got %d of %d"
                            .formatted(successes, trials));
        }
        double n = trials;
        double share = successes / n;
        double centre = share + Z * Z / (2 * n);
        double spread = Z * Math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n));
        double scale = 1 + Z * Z / n;
        return new Interval(
                share,
                Math.max(0, (centre - spread) / scale),
                Math.min(1, (centre + spread) / scale));
    }
}
