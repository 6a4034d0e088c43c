package io.thumbwheel.trainer.reward;

import io.thumbwheel.schemas.event.Example;

/// A pair and the opinion that it was read from: what reward models are measured on, where it
/// matters which comparison it was.
///
/// @param pair with the weight that trust and, where it trains, age give it
/// @param source the opinion
public record SourcedPair(Pair pair, Example.Preference source) {

    /// Whether one answer won.
    public boolean decided() {
        return pair.target() != 0.5;
    }
}
