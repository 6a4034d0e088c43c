package io.thumbwheel.trainer.reward;

import java.util.List;

/// Two answers to one prompt and what a rater said: a row of the reward model's data.
///
/// @param promptIds [prompt]
/// @param aIds one answer [response]
/// @param bIds the other [response]
/// @param target probability that a is better, as voted: 1, 0, or 0.5 for a tie
/// @param weight factor of its loss
/// @param rater pseudonym
public record Pair(
        List<Integer> promptIds,
        List<Integer> aIds,
        List<Integer> bIds,
        double target,
        double weight,
        String rater) {
    public Pair {
        promptIds = List.copyOf(promptIds);
        aIds = List.copyOf(aIds);
        bIds = List.copyOf(bIds);
        if (!(target >= 0 && target <= 1 && weight >= 0)) {
            throw new IllegalArgumentException(
                    "a target is in [0, 1] and a weight at least 0, got %s and %s"
                            .formatted(target, weight));
        }
    }

    /// The same pair with another weight.
    Pair weighing(double other) {
        return new Pair(promptIds, aIds, bIds, target, other, rater);
    }

    /// One answer.
    public Answer a() {
        return new Answer(promptIds, aIds);
    }

    /// The other.
    public Answer b() {
        return new Answer(promptIds, bIds);
    }
}
