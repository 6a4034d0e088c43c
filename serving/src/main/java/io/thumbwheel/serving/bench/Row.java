package io.thumbwheel.serving.bench;

import java.util.Locale;

/// A row of standalone's reports.
///
/// @param ratio ours over the other; 0 where there is no other
/// @param bar that the ratio is held against; 0 where there is none
/// @param direction `AT_LEAST`, or `FREE` where there is no bar
record Row(
        String name,
        double ratio,
        double bar,
        double ours,
        double other,
        String unit,
        String direction) {

    /// A figure beside another one, without a bar.
    static Row beside(String name, double ours, double other, String unit) {
        return new Row(name, ours / other, 0, ours, other, unit, "FREE");
    }

    /// A figure alone.
    static Row figure(String name, double ours, String unit) {
        return new Row(name, 0, 0, ours, 0, unit, "FREE");
    }

    String line() {
        String figure = String.format(Locale.ROOT, "%-52s %10.2f %s", name, ours, unit);
        return other == 0
                ? figure
                : figure + String.format(Locale.ROOT, " to %.2f: %.2f times", other, ratio);
    }
}
