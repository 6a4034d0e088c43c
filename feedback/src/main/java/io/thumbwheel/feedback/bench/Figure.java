package io.thumbwheel.feedback.bench;

import java.util.Locale;

/// Something measured beside something else in the same run.
///
/// @param name what
/// @param ratio ours over the other's
/// @param bar what the ratio has to reach, or, where less is better, must not exceed
/// @param ours our figure
/// @param other the limit's or the peer's
/// @param unit of both
/// @param lessIsBetter whether the bar is a limit
public record Figure(
        String name,
        double ratio,
        double bar,
        double ours,
        double other,
        String unit,
        boolean lessIsBetter) {
    /// One that has to reach a share of another.
    public static Figure atLeast(String name, double ours, double other, double bar, String unit) {
        return new Figure(name, ours / other, bar, ours, other, unit, false);
    }

    /// One that must stay below a limit.
    public static Figure within(String name, double ours, double limit, String unit) {
        return new Figure(name, ours / limit, 1, ours, limit, unit, true);
    }

    /// Whether it reaches its bar.
    public boolean holds() {
        return lessIsBetter ? ratio <= bar : ratio >= bar;
    }

    /// A line for people.
    public String line() {
        return String.format(
                Locale.ROOT,
                "%-44s %,10.1f of %,10.1f %s: ratio %.2f, bar %.2f  %s",
                name,
                ours,
                other,
                unit,
                ratio,
                bar,
                holds() ? "holds" : "MISSED");
    }
}
