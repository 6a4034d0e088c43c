package io.thumbwheel.standalone.demo;

import io.thumbwheel.standalone.demo.ReleaseRow.Quality;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether a demo showed what it should.
///
/// @param passed whether
/// @param verdict in words
record Outcome(boolean passed, String verdict) {

    /// @param rows r0 first
    /// @param failures requests that failed
    static Outcome of(Control control, List<ReleaseRow> rows, long failures) {
        if (failures > 0) {
            return new Outcome(false, failures + " requests failed");
        }
        Optional<ReleaseRow> last =
                rows.stream()
                        .skip(1)
                        .filter(row -> row.refused() == null && row.id().startsWith("r"))
                        .reduce((_, later) -> later);
        Quality quality = last.map(ReleaseRow::quality).orElse(rows.getFirst().quality());
        double rate = number(quality.winRateVsR0());
        return switch (control) {
            case OFF ->
                    verdict(
                            last.isPresent() && number(quality.winRateLow()) > 0.5,
                            last.isPresent()
                                    ? "the last promoted release wins %.1f%% against r0, lower bound %.1f%% (must be above 50%%)"
                                            .formatted(
                                                    100 * rate, 100 * number(quality.winRateLow()))
                                    : "no release was promoted");
            case RANDOM ->
                    verdict(
                            last.isEmpty(),
                            last.map(row -> "random picks promoted " + row.id())
                                    .orElse("random picks promoted nothing"));
            case INVERTED ->
                    verdict(
                            last.isPresent() && number(quality.winRateHigh()) < 0.5,
                            last.isPresent()
                                    ? "with inverted picks the win rate is %.1f%%, upper bound %.1f%% (must be below 50%%)"
                                            .formatted(
                                                    100 * rate, 100 * number(quality.winRateHigh()))
                                    : "inverted picks promoted nothing, so that they show nothing");
            case NONE ->
                    verdict(
                            rate >= 0.45 && rate <= 0.55,
                            "without feedback the win rate is %.1f%% (must be 45 to 55%%)"
                                    .formatted(100 * rate));
        };
    }

    private static Outcome verdict(boolean passed, String verdict) {
        return new Outcome(passed, verdict);
    }

    private static double number(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }
}
