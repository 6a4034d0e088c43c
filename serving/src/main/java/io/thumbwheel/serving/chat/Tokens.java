package io.thumbwheel.serving.chat;

import io.thumbwheel.serving.generation.TopTokens;
import java.util.Arrays;
import java.util.List;

/// Tokens of a choice as they were sampled.
///
/// @param ids token ids [tokens]
/// @param logProbs one for each [tokens]
/// @param top the most probable tokens at the place of each, where they were asked for [tokens]
record Tokens(List<Integer> ids, float[] logProbs, List<TopTokens> top) {
    Tokens {
        ids = List.copyOf(ids);
        top = List.copyOf(top);
    }

    /// Those from place `start` on.
    Tokens from(int start) {
        return new Tokens(
                ids.subList(start, ids.size()),
                Arrays.copyOfRange(logProbs, start, ids.size()),
                top.subList(start, ids.size()));
    }
}
