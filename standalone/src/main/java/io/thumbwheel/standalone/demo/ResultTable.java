package io.thumbwheel.standalone.demo;

import io.thumbwheel.standalone.demo.ReleaseRow.Quality;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A report as a table for people: a column per release, a line per figure.
final class ResultTable {
    private static final int NAME_WIDTH = 30;

    private ResultTable() {}

    /// One row in a line.
    static String oneLine(ReleaseRow row) {
        Quality quality = row.quality();
        return "%s score %s, wins %s against r0 (%s to %s), KL %s nats, length %s"
                .formatted(
                        row.id(),
                        number(quality.score(), "%.2f"),
                        percent(quality.winRateVsR0()),
                        percent(quality.winRateLow()),
                        percent(quality.winRateHigh()),
                        number(row.origin().klToR0(), "%.2f"),
                        number(quality.meanTokens(), "%.1f"));
    }

    /// The table's lines.
    static List<String> lines(Report report) {
        List<String> lines = new ArrayList<>();
        add(lines, report, "", ReleaseRow::id);
        add(lines, report, "hidden score", row -> number(row.quality().score(), "%.2f"));
        add(lines, report, "wins against r0", row -> percent(row.quality().winRateVsR0()));
        add(lines, report, "  95% interval", ResultTable::interval);
        add(
                lines,
                report,
                "  at equal length",
                row -> percent(row.quality().lengthControlledWinRate()));
        add(lines, report, "live wins (25% flipped)", row -> percent(row.live().liveWinRate()));
        add(lines, report, "thumbs up", row -> percent(row.live().thumbsUpShare()));
        add(
                lines,
                report,
                "KL to r0, nats per answer",
                row -> number(row.origin().klToR0(), "%.2f"));
        add(
                lines,
                report,
                "reward accuracy (most 75%)",
                row -> percent(row.origin().rewardAccuracy()));
        add(lines, report, "mean tokens", row -> number(row.quality().meanTokens(), "%.1f"));
        add(lines, report, "ends by itself", row -> percent(row.quality().eosShare()));
        add(lines, report, "distinct-2", row -> number(row.quality().distinct2(), "%.3f"));
        add(lines, report, "same opening", row -> percent(row.quality().sameOpening()));
        add(lines, report, "swap, ms", row -> text(row.swap().swapMillis()));
        add(lines, report, "flip, us", row -> number(row.swap().flipMicros(), "%.1f"));
        add(
                lines,
                report,
                "p99 gap before, ms",
                row -> number(row.swap().gapBeforeMillis(), "%.1f"));
        add(
                lines,
                report,
                "p99 gap in the swap, ms",
                row -> number(row.swap().gapSwapMillis(), "%.1f"));
        add(lines, report, "failed requests", row -> String.valueOf(row.failedRequests()));
        for (ReleaseRow row : report.releases()) {
            if (row.refused() != null) {
                lines.add("%s was refused: %s".formatted(row.id(), row.refused()));
            }
        }
        lines.add("");
        lines.add((report.passed() ? "PASSED: " : "NOT PASSED: ") + report.verdict());
        report.missing().forEach(missing -> lines.add("missing: " + missing));
        return lines;
    }

    private static void add(
            List<String> lines, Report report, String name, Function<ReleaseRow, String> cell) {
        StringBuilder line = new StringBuilder(("%-" + NAME_WIDTH + "s").formatted(name));
        for (ReleaseRow row : report.releases()) {
            String text = cell.apply(row);
            line.append(
                    "%16s"
                            .formatted(
                                    text.length() > 15
                                            ? text.substring(text.length() - 15)
                                            : text));
        }
        lines.add(line.toString().stripTrailing());
    }

    private static String interval(ReleaseRow row) {
        Quality quality = row.quality();
        return quality.winRateLow() == null
                ? "-"
                : "%s-%s".formatted(percent(quality.winRateLow()), percent(quality.winRateHigh()));
    }

    private static String percent(@Nullable Double share) {
        return share == null ? "-" : "%.1f%%".formatted(100 * share);
    }

    private static String number(@Nullable Double value, String format) {
        return value == null ? "-" : format.formatted(value);
    }

    private static String text(@Nullable Object value) {
        return value == null ? "-" : value.toString();
    }
}
