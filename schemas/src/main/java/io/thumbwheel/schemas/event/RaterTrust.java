package io.thumbwheel.schemas.event;

import java.time.Instant;

/// How far a rater is believed. Topic `raters.v1`, compacted by rater.
///
/// @param rater pseudonym
/// @param at when it was decided
/// @param weight factor of the rater's examples in training, 0 to 1
/// @param quarantined whether the examples are set aside
/// @param why in words, for the operator
public record RaterTrust(String rater, Instant at, double weight, boolean quarantined, String why)
        implements Event {
    @Override
    public String key() {
        return rater;
    }
}
