package io.thumbwheel.trainer.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Something measured against something else in the same rounds of the same run.
///
/// @param name what
/// @param ratio median over the rounds; of an even number the mean of the middle two
/// @param low least of the rounds
/// @param high greatest of the rounds
/// @param bar what the ratio has to reach
/// @param aim where to go
/// @param against what the ratio is to
public record Figure(
        String name,
        double ratio,
        double low,
        double high,
        double bar,
        double aim,
        String against) {

    static Figure of(String name, List<Double> ratios, double bar, double aim, String against) {
        double[] sorted = ratios.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new Figure(
                name,
                (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2,
                Arrays.stream(sorted).min().orElseThrow(),
                Arrays.stream(sorted).max().orElseThrow(),
                bar,
                aim,
                against);
    }

    /// Whether it reaches its bar.
    public boolean holds() {
        return ratio >= bar;
    }

    /// A line for people.
    String line() {
        return String.format(
                Locale.ROOT,
                "%-34s %5.2f (%.2f to %.2f) of %s; bar %.2f, aim %.2f  %s",
                name,
                ratio,
                low,
                high,
                against,
                bar,
                aim,
                holds() ? "holds" : "MISSED");
    }
}
