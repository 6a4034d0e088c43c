package io.thumbwheel.trainer.reward;

import io.thumbwheel.schemas.event.Example;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What opinions weigh before [WeightCap]: their raters' trust, and for what is learned from, less
/// with age. Age is counted from the newest example of the dataset and not from the clock, so the
/// same dataset always gives the same weights.
///
/// @param trust by pseudonym; 1 where absent
/// @param newest time of the newest example
record OpinionWeights(Map<String, Double> trust, HalfLife halfLife, Instant newest) {
    OpinionWeights {
        trust = Map.copyOf(trust);
    }

    static OpinionWeights of(List<Example> examples, Map<String, Double> trust, HalfLife halfLife) {
        Instant newest =
                examples.stream().map(Example::at).max(Instant::compareTo).orElse(Instant.EPOCH);
        return new OpinionWeights(trust, halfLife, newest);
    }

    /// The weight of an opinion from there; 0 where its rater is in quarantine.
    double of(Example.Provenance provenance) {
        double trusted = Math.max(0, trust.getOrDefault(provenance.rater(), 1.0));
        return switch (provenance.split()) {
            case TRAIN, VALIDATION -> trusted * halfLife.factor(provenance.at(), newest);
            case TEST -> trusted;
        };
    }
}
