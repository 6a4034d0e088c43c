package io.thumbwheel.serving.chat;

import jakarta.inject.Singleton;

/// How much longer the next token takes the more answers are drawn together: the straight line
/// through what was measured lately, by least squares with weights that fade. A decode step costs
/// its weights once and each answer's own part, so the line is a good one, and it says what more
/// answers would cost before anybody has tried.
///
/// One thread writes, the scheduler's; any reads.
@Singleton
final class Pace {
    /// How much a measurement changes: the last thousand tokens count.
    private static final double WEIGHT = 1e-3;

    private static final int FEW = 200;

    /// Of the time that is allowed on top, how much may be planned: the rest is for what the line
    /// does not foresee, as prompts that are read meanwhile.
    private static final double PLANNED = 0.75;

    private long count;
    private double meanAnswers;
    private double meanNanos;
    private double variance;
    private double covariance;
    private volatile double ratio; // cost of one more answer over the cost of the first

    /// A token was drawn.
    ///
    /// @param answers drawn together
    /// @param nanos since the token before
    void drew(int answers, long nanos) {
        count++;
        double weight = Math.max(WEIGHT, 1.0 / count);
        double more = answers - meanAnswers;
        meanAnswers += weight * more;
        double slower = nanos - meanNanos;
        meanNanos += weight * slower;
        variance = (1 - weight) * (variance + weight * more * more);
        covariance = (1 - weight) * (covariance + weight * more * slower);
        if (count >= FEW && variance > 0.05) {
            double each = covariance / variance;
            double alone = meanNanos + each * (1 - meanAnswers);
            ratio = each > 0 && alone > 0 ? each / alone : 0;
        } else if (count >= FEW) {
            // As many as ever, so nothing is learned: what is believed fades, until one more is
            // let in.
            ratio *= 1 - weight;
        }
    }

    /// How many answers may be drawn together so that none is likely to take longer than `slowest`
    /// times as long as alone; as many as there are where that is not known yet.
    int most(double slowest) {
        double now = ratio;
        // A little more, so that a whole number of answers is not rounded down to the one below.
        return now == 0
                ? Integer.MAX_VALUE
                : Math.max(1, 1 + (int) (PLANNED * (slowest - 1) / now + 1e-6));
    }
}
