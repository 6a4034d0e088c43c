package io.thumbwheel.feedback.statistics;

/// A share with its 95% interval by Wilson's score (JASA 22, 1927), which stays within 0 and 1 and
/// holds for few: `(p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n)`.
///
/// @param count how many
/// @param of of how many
/// @param share count / of; 0 where there are none
/// @param low lower bound, 0 where there are none
/// @param high upper bound, 1 where there are none
public record Share(long count, long of, double share, double low, double high) {
    private static final double Z = 1.959963984540054;

    /// The share of `count` in `of`.
    public static Share of(long count, long of) {
        if (count < 0 || count > of) {
            throw new IllegalArgumentException(
                    "a share is of 0 to all, got %d of %d".formatted(count, of));
        }
        if (of == 0) {
            return new Share(0, 0, 0, 0, 1);
        }
        double p = (double) count / of;
        double z2 = Z * Z / of;
        double middle = (p + z2 / 2) / (1 + z2);
        double half = Z * Math.sqrt(p * (1 - p) / of + z2 / (4 * of)) / (1 + z2);
        return new Share(count, of, p, Math.max(0, middle - half), Math.min(1, middle + half));
    }
}
