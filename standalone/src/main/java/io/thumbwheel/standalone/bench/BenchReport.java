package io.thumbwheel.standalone.bench;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.artifact.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// What a benchmark measured.
///
/// @param machine where
/// @param date when, ISO-8601
/// @param ratios what
public record BenchReport(String machine, String date, List<Ratio> ratios) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    public BenchReport {
        ratios = List.copyOf(ratios);
    }

    /// Which side of its bar a ratio has to be on. Costs and limits are [#AT_MOST], speeds
    /// [#AT_LEAST]; [#FREE] is a figure that has no bar.
    public enum Direction {
        AT_MOST,
        AT_LEAST,
        FREE
    }

    /// One figure against a limit or a peer, both taken in one run.
    ///
    /// @param name what was measured
    /// @param ratio ours over the other's; 0 where there is no other
    /// @param bar what the ratio is held against; 0 where [Direction#FREE]
    /// @param ours our figure
    /// @param other the limit, or the peer's figure; 0 where there is none
    /// @param unit of both
    /// @param direction side of the bar that counts
    public record Ratio(
            String name,
            double ratio,
            double bar,
            double ours,
            double other,
            String unit,
            Direction direction) {
        /// A figure that must stay below a limit.
        public static Ratio within(String name, double ours, double limit, String unit) {
            return new Ratio(name, ours / limit, 1, ours, limit, unit, Direction.AT_MOST);
        }

        /// A figure that must be at most `bar` times the other's.
        public static Ratio atMost(
                String name, double ours, double other, double bar, String unit) {
            return new Ratio(name, ours / other, bar, ours, other, unit, Direction.AT_MOST);
        }

        /// A figure that must be at least `bar` times the other's.
        public static Ratio atLeast(
                String name, double ours, double other, double bar, String unit) {
            return new Ratio(name, ours / other, bar, ours, other, unit, Direction.AT_LEAST);
        }

        /// A figure for the record.
        public static Ratio figure(String name, double ours, String unit) {
            return new Ratio(name, 0, 0, ours, 0, unit, Direction.FREE);
        }

        /// Whether it reaches its bar.
        public boolean holds() {
            return switch (direction) {
                case AT_MOST -> ratio <= bar;
                case AT_LEAST -> ratio >= bar;
                case FREE -> true;
            };
        }

        private String line() {
            String figure = String.format(Locale.ROOT, "%-40s %10.2f %s", name, ours, unit);
            if (other == 0) {
                return figure;
            }
            figure += String.format(Locale.ROOT, " to %.2f: ratio %.2f", other, ratio);
            return switch (direction) {
                case AT_MOST, AT_LEAST ->
                        figure
                                + String.format(
                                        Locale.ROOT,
                                        ", bar %s %.2f  %s",
                                        direction == Direction.AT_MOST ? "<=" : ">=",
                                        bar,
                                        holds() ? "holds" : "MISSED");
                case FREE -> figure;
            };
        }
    }

    /// The table's lines.
    public List<String> lines() {
        return ratios.stream().map(Ratio::line).toList();
    }

    /// Writes it as JSON, aside first: the file is whole at any moment.
    public void write(Path file) throws IOException {
        AtomicFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
    }

    /// Reads the rows that a benchmark in a process of its own wrote, a JSON array of them.
    public static List<Ratio> readRows(Path file) throws IOException {
        return JSON.readValue(Files.readAllBytes(file), new TypeReference<List<Ratio>>() {});
    }
}
