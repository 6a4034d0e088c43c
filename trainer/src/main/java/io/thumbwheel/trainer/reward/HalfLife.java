package io.thumbwheel.trainer.reward;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/// The age at which an opinion weighs half of a new one; in JSON an ISO 8601 duration, or `none`.
///
/// @param time empty where opinions of all ages weigh the same
public record HalfLife(Optional<Duration> time) {
    /// Opinions of all ages weigh the same.
    public static final HalfLife NONE = new HalfLife(Optional.empty());

    private static final String NONE_TEXT = "none";

    public HalfLife {
        if (time.isPresent() && !time.get().isPositive()) {
            throw new IllegalArgumentException("a half-life must be above 0, got " + time.get());
        }
    }

    /// Of what [#toString] says.
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static HalfLife parse(String text) {
        if (text.equals(NONE_TEXT)) {
            return NONE;
        }
        try {
            return new HalfLife(Optional.of(Duration.parse(text)));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "a half-life is a duration such as P30D or PT12H, or none, got '%s'"
                            .formatted(text),
                    e);
        }
    }

    /// What is left of the weight of an opinion given at `at`, in (0, 1]. Strict arithmetic: a run
    /// that is taken up again gets the same weights to the bit.
    ///
    /// @param newest time of the newest opinion
    double factor(Instant at, Instant newest) {
        return time.map(half ->
                        StrictMath.pow(0.5, seconds(Duration.between(at, newest)) / seconds(half)))
                .orElse(1.0);
    }

    private static double seconds(Duration duration) {
        return duration.getSeconds() + duration.getNano() / 1e9;
    }

    @JsonValue
    @Override
    public String toString() {
        return time.map(Duration::toString).orElse(NONE_TEXT);
    }
}
