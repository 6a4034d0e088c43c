package io.thumbwheel.trainer.evaluation;

/// A share of successes and its 95% interval (Wilson, JASA 22 (1927) 209): honest for small counts,
/// where the normal interval leaves [0, 1].
///
/// @param share successes / trials; 0.5 where there were none
/// @param low lower bound
/// @param high upper bound
/// @param trials how many
public record WilsonInterval(double share, double low, double high, double trials) {

    private static final double Z = 1.959963984540054;

    /// The interval of `successes` of `trials`; halves (ties) may be counted.
    public static WilsonInterval of(double successes, double trials) {
        if (!(trials >= 0 && successes >= 0 && successes <= trials + 1e-9)) {
            throw new IllegalArgumentException(
                    "successes must be between 0 and trials, got %s of %s"
                            .formatted(successes, trials));
        }
        if (trials == 0) {
            return new WilsonInterval(0.5, 0, 1, 0);
        }
        double share = Math.min(1, successes / trials);
        double z2n = Z * Z / trials;
        double centre = (share + z2n / 2) / (1 + z2n);
        double half = Z * Math.sqrt(share * (1 - share) / trials + z2n / (4 * trials)) / (1 + z2n);
        return new WilsonInterval(
                share, Math.max(0, centre - half), Math.min(1, centre + half), trials);
    }
}
