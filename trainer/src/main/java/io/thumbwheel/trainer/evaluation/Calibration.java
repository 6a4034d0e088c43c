package io.thumbwheel.trainer.evaluation;

/// Expected calibration error: how far predicted probabilities are from observed shares (Guo et
/// al., arXiv:1706.04599, eq. 3), here of "the first answer is preferred".
public final class Calibration {

    private Calibration() {}

    /// Mean over ten equal-width bins of |mean prediction − share|, weighted by their counts.
    ///
    /// A pair and its mirror say the same, so each is folded to the side predicted as better and
    /// bins span 0.5 to 1.
    ///
    /// @param predicted probability that the first answer is preferred
    /// @param observed 1 preferred, 0.5 tie, 0 not
    public static double expectedError(double[] predicted, double[] observed) {
        int bins = 10;
        double[] sums = new double[bins];
        double[] hits = new double[bins];
        for (int i = 0; i < predicted.length; i++) {
            boolean first = predicted[i] >= 0.5;
            double confidence = first ? predicted[i] : 1 - predicted[i];
            int bin = Math.min(bins - 1, (int) ((confidence - 0.5) * 2 * bins));
            sums[bin] += confidence;
            hits[bin] += first ? observed[i] : 1 - observed[i];
        }
        double error = 0;
        for (int bin = 0; bin < bins; bin++) {
            error += Math.abs(sums[bin] - hits[bin]);
        }
        return predicted.length == 0 ? 0 : error / predicted.length;
    }
}
