package io.thumbwheel.trainer.reward;

import java.util.List;

/// Two answers to one prompt and what a rater said.
///
/// @param promptIds [prompt]
/// @param aIds one answer [response]
/// @param bIds the other [response]
/// @param target probability that a is better, as voted: 1, 0, or 0.5 for a tie
/// @param weight factor of its loss
/// @param rater pseudonym
/// @param margin by how much the better answer's score shall be ahead at least, in log-odds: the
///   strength of the vote; 0 where unknown
public record Pair(
        List<Integer> promptIds,
        List<Integer> aIds,
        List<Integer> bIds,
        double target,
        double weight,
        String rater,
        double margin)
        implements Opinion {
    public Pair {
        promptIds = List.copyOf(promptIds);
        aIds = List.copyOf(aIds);
        bIds = List.copyOf(bIds);
        if (!(target >= 0 && target <= 1 && weight >= 0 && margin >= 0)) {
            throw new IllegalArgumentException(
                    "a target is in [0, 1], a weight and a margin at least 0, got %s, %s and %s"
                            .formatted(target, weight, margin));
        }
    }

    /// A pair whose vote has no known strength.
    public Pair(
            List<Integer> promptIds,
            List<Integer> aIds,
            List<Integer> bIds,
            double target,
            double weight,
            String rater) {
        this(promptIds, aIds, bIds, target, weight, rater, 0);
    }

    /// The same pair with another weight.
    Pair weighing(double other) {
        return new Pair(promptIds, aIds, bIds, target, other, rater, margin);
    }

    /// One answer.
    public Answer a() {
        return new Answer(promptIds, aIds);
    }

    /// The other.
    public Answer b() {
        return new Answer(promptIds, bIds);
    }

    @Override
    public List<Answer> answers() {
        return List.of(a(), b());
    }
}
