package io.thumbwheel.trainer.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/// Why a refresh began.
public enum Trigger {
    /// Somebody asked for it.
    @JsonProperty("request")
    REQUEST,
    /// Enough comparisons had arrived.
    @JsonProperty("count")
    COUNT,
    /// Enough time had passed.
    @JsonProperty("time")
    TIME;

    /// As JSON and people write it.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
