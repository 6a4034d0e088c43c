package io.thumbwheel.standalone.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What a benchmark measured.
///
/// @param machine where
/// @param date when, ISO-8601
/// @param ratios what
public record BenchReport(String machine, String date, List<Ratio> ratios) {
    public BenchReport {
        ratios = List.copyOf(ratios);
    }

    /// One figure against a limit or a peer, both taken in one run.
    ///
    /// @param name what was measured
    /// @param ratio ours over the other's
    /// @param bar what the ratio must not exceed
    /// @param ours our figure
    /// @param other the limit, or the peer's figure
    /// @param unit of both
    public record Ratio(
            String name, double ratio, double bar, double ours, double other, String unit) {
        /// A figure that must stay below a limit.
        public static Ratio within(String name, double ours, double limit, String unit) {
            return new Ratio(name, ours / limit, 1, ours, limit, unit);
        }

        /// Whether it reaches its bar.
        public boolean holds() {
            return ratio <= bar;
        }
    }

    /// The table's lines.
    public List<String> lines() {
        return ratios.stream()
                .map(ratio ->
                        "%-32s %8.2f %s of %.2f: ratio %.2f, bar %.2f  %s"
                                .formatted(
                                        ratio.name(),
                                        ratio.ours(),
                                        ratio.unit(),
                                        ratio.other(),
                                        ratio.ratio(),
                                        ratio.bar(),
                                        ratio.holds() ? "holds" : "MISSED"))
                .toList();
    }

    /// Writes it as JSON.
    public void write(Path file) throws IOException {
        Files.write(
                file,
                JsonMapper.builder()
                        .build()
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsBytes(this));
    }
}
