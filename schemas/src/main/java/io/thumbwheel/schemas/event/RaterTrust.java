package io.thumbwheel.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How far a rater is believed. Topic `raters.v1`, compacted by rater. Weights are relative: only
/// how they compare with those of other raters matters.
///
/// @param rater pseudonym
/// @param at when it was decided
/// @param weight factor of the rater's examples in training, 0 to 1
/// @param quarantined whether the examples are set aside
/// @param why in words, for the operator
/// @param ruling what an operator decided about the rater, which wins over what is computed; null
///   where nobody did. Whoever writes a newer record carries it on, so that compaction keeps it
public record RaterTrust(
        String rater,
        Instant at,
        double weight,
        boolean quarantined,
        String why,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Ruling ruling)
        implements Event {
    /// Weight of a rater of whom nothing is known yet, and so of those without a record. See
    /// docs/trust.md for where it comes from.
    public static final double NEWCOMER = 0.13;

    /// One about whom no operator decided.
    public RaterTrust(String rater, Instant at, double weight, boolean quarantined, String why) {
        this(rater, at, weight, quarantined, why, null);
    }

    @Override
    public String key() {
        return rater;
    }

    /// What an operator decided.
    ///
    /// @param decision what
    /// @param by name of the operator's API key
    /// @param reason why, in words
    /// @param at when
    public record Ruling(Decision decision, String by, String reason, Instant at) {}

    /// What an operator can decide.
    public enum Decision {
        /// Set the rater's examples aside.
        @JsonProperty("quarantine")
        QUARANTINE,
        /// Do not quarantine the rater, whatever the tests say; the weight stays the computed one.
        @JsonProperty("trust")
        TRUST,
        /// Let the tests decide again.
        @JsonProperty("none")
        NONE
    }
}
