package io.thumbwheel.serving.chat;

import jakarta.inject.Singleton;
import java.util.HashSet;
import java.util.Set;

/// How much longer the next token takes the more answers are drawn together: the straight line
/// through what was measured lately, by least squares with weights that fade. A decode step costs
/// its weights once and each answer's own part, so the line is a good one, and it says what more
/// answers would cost before anybody has tried.
///
/// What an answer takes alone is kept from when there was hardly another: under load all is slower,
/// for other reasons, too, and what counts is what people were used to. It follows a machine that
/// has become slower by and by, one that has become faster at once.
///
/// One thread writes, the scheduler's; any reads.
@Singleton
final class Pace {
    /// How much a measurement changes: the last thousand tokens count.
    private static final double WEIGHT = 1e-3;

    private static final int FEW = 200;

    /// Answers at once, in the mean, up to which one is as good as alone.
    private static final double HARDLY_MORE = 1.2;

    /// How much a measurement without load changes what an answer takes alone where it is more than
    /// before: some minutes of answers count, so that a busy moment hardly does.
    private static final double SLOWER = 1e-4;

    /// By how much what an answer takes alone is believed to grow with each token under load, so
    /// that it does not hold for ever: by a fifth in an hour of 5,000 tokens a second, since
    /// whoever lets answers become slower under load lets in more of them.
    private static final double DRIFT = 1e-8;

    /// Of the time that is allowed on top, how much may be planned: the rest is for what the line
    /// does not foresee, as prompts that are read meanwhile.
    private static final double PLANNED = 0.75;

    private static final int MOST_RELEASES = 16;

    private final Set<String> releases = new HashSet<>();
    private long count;
    private double meanAnswers;
    private double meanNanos;
    private double variance;
    private double covariance;
    private volatile double each; // nanoseconds that one more answer costs; 0 is unknown
    private volatile double now; // nanoseconds of one answer, by the line
    private volatile double alone; // when there was hardly another; 0 is unknown

    /// A token was drawn.
    ///
    /// @param release that drew it: with one that was never seen all is learned anew
    /// @param answers drawn together
    /// @param nanos since the token before
    void drew(String release, int answers, long nanos) {
        if (releases.size() == MOST_RELEASES && !releases.contains(release)) {
            releases.clear();
        }
        if (releases.add(release)) {
            forget();
        }
        count++;
        double weight = Math.max(WEIGHT, 1.0 / count);
        double more = answers - meanAnswers;
        meanAnswers += weight * more;
        double slower = nanos - meanNanos;
        meanNanos += weight * slower;
        variance = (1 - weight) * (variance + weight * more * more);
        covariance = (1 - weight) * (covariance + weight * more * slower);
        if (count >= FEW) {
            // As many as ever teach nothing of one more: what is believed fades, until it is let
            // in.
            each = variance > 0.05 ? Math.max(0, covariance / variance) : each * (1 - weight);
            now = Math.max(1, meanNanos + each * (1 - meanAnswers));
            alone = meanAnswers <= HARDLY_MORE ? withoutLoad() : alone * (1 + DRIFT);
        }
    }

    private double withoutLoad() {
        return alone == 0 || meanNanos < alone ? meanNanos : alone + SLOWER * (meanNanos - alone);
    }

    private void forget() {
        count = 0;
        meanAnswers = 0;
        meanNanos = 0;
        variance = 0;
        covariance = 0;
        each = 0;
        alone = 0;
    }

    /// How many answers may be drawn together so that none is likely to take longer than `slowest`
    /// times as long as alone; as many as there are where that is not known yet.
    int most(double slowest) {
        double one = each;
        if (one == 0) {
            return Integer.MAX_VALUE;
        }
        double usual = alone == 0 ? now : alone;
        double left = (1 + PLANNED * (slowest - 1)) * usual - now;
        // A little more, so that a whole number of answers is not rounded down to the one below.
        return Math.max(1, 1 + (int) (left / one + 1e-6));
    }
}
