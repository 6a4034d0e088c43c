package io.thumbwheel.trainer.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// By how much one judge is right more often than another on the same cases, with a 95% interval by
/// the paired bootstrap (Efron 1979; Koehn, EMNLP 2004). Whole groups are resampled: two answers to
/// one prompt are not independent.
///
/// @param difference mean of ours − theirs
/// @param low 2.5% quantile of the resampled difference
/// @param high 97.5% quantile
public record PairedDifference(double difference, double low, double high) {

    private static final int RESAMPLES = 2000;

    /// The difference of two judges.
    ///
    /// @param ours 1 right, 0.5 undecided, 0 wrong, per case
    /// @param theirs the same of the other judge, in the same order
    /// @param groups which group each case belongs to
    public static PairedDifference of(
            double[] ours, double[] theirs, List<String> groups, long seed) {
        if (ours.length == 0 || ours.length != theirs.length || ours.length != groups.size()) {
            throw new IllegalArgumentException(
                    "a paired difference needs the same cases on both sides, got %d, %d and %d groups"
                            .formatted(ours.length, theirs.length, groups.size()));
        }
        Map<String, double[]> byGroup = new LinkedHashMap<>(); // sum of differences, cases
        double total = 0;
        for (int i = 0; i < ours.length; i++) {
            double[] sums = byGroup.computeIfAbsent(groups.get(i), _ -> new double[2]);
            sums[0] += ours[i] - theirs[i];
            sums[1]++;
            total += ours[i] - theirs[i];
        }
        List<double[]> all = new ArrayList<>(byGroup.values());
        SplittableRandom random = new SplittableRandom(seed);
        double[] means = new double[RESAMPLES];
        for (int r = 0; r < RESAMPLES; r++) {
            double sum = 0;
            double cases = 0;
            for (int i = 0; i < all.size(); i++) {
                double[] group = all.get(random.nextInt(all.size()));
                sum += group[0];
                cases += group[1];
            }
            means[r] = sum / cases;
        }
        Arrays.sort(means);
        return new PairedDifference(
                total / ours.length,
                means[(int) (0.025 * RESAMPLES)],
                means[(int) (0.975 * RESAMPLES) - 1]);
    }
}
