package io.thumbwheel.trainer.preference;

import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.Pair;
import java.util.List;
import java.util.stream.Stream;

/// An answer that somebody found good or bad.
///
/// @param up whether good
/// @param weight factor of its loss
public record Thumb(Answer answer, boolean up, double weight) {

    /// What comparisons say of single answers: the chosen one is good, the other is not. Ties say
    /// nothing.
    public static List<Thumb> of(List<Pair> pairs) {
        return pairs.stream()
                .filter(pair -> pair.target() != 0.5)
                .flatMap(pair ->
                        Stream.of(
                                new Thumb(pair.a(), pair.target() > 0.5, pair.weight()),
                                new Thumb(pair.b(), pair.target() < 0.5, pair.weight())))
                .toList();
    }
}
