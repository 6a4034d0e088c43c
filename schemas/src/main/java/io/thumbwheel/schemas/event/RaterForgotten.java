package io.thumbwheel.schemas.event;

import java.time.Instant;

/// A person asked to be forgotten: what they said and what they asked before leaves the data. Topic
/// `feedback.v1`, one record in every partition, since a person's records may be in any.
///
/// @param rater pseudonym of the person, as rater and as asker ([ApiKeys#pseudonym])
/// @param at when it was accepted; what they say or ask afterwards starts anew
public record RaterForgotten(String rater, Instant at) implements Event {
    @Override
    public String key() {
        return rater;
    }
}
