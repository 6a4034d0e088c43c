package io.thumbwheel.trainer.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// When a refresh begins without being asked for.
///
/// @param afterComparisons of training raters, arrived since the data of the last run ended; 0:
///   never
/// @param every time from the beginning of the last run, or from the service's own where there was
///   none; empty: never. A run that would find no new comparison waits for one
public record RefreshTriggers(int afterComparisons, Optional<Duration> every) {
    public RefreshTriggers {
        if (afterComparisons < 0) {
            throw new IllegalArgumentException(
                    "thumbwheel.refresh.after-comparisons must be at least 0 (off), got "
                            + afterComparisons);
        }
        if (every.isPresent() && !every.get().isPositive()) {
            throw new IllegalArgumentException(
                    "thumbwheel.refresh.every must be above 0, as in PT1H, got " + every.get());
        }
    }

    /// Whether anything but a request begins a refresh.
    boolean armed() {
        return afterComparisons > 0 || every.isPresent();
    }

    /// What begins one now, if anything does.
    ///
    /// @param arrived comparisons since the data of the last run ended
    /// @param last when the last run began
    Optional<Trigger> due(long arrived, Instant last, Instant now) {
        if (afterComparisons > 0 && arrived >= afterComparisons) {
            return Optional.of(Trigger.COUNT);
        }
        boolean waited = every.isPresent() && !now.isBefore(last.plus(every.get()));
        return waited && arrived > 0 ? Optional.of(Trigger.TIME) : Optional.empty();
    }
}
