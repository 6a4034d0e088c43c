package io.thumbwheel.serving.generation;

import io.thumbwheel.schemas.event.Sampling;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One answer to be drawn.
///
/// @param promptIds token ids of the prompt, template included [prompt]
/// @param sampling how to draw; its `stop` texts are [TextStream]'s, not the scheduler's
/// @param choice index of the answer: answers to one prompt draw from streams of their own, derived
///   from (`sampling.seed()`, `choice`)
/// @param topLogProbs how many of the most probable tokens are told with each token
/// @param deterministic whether it must come out the same to the bit, whatever else runs
/// @param tokens the tokens' bytes; needed where `sampling.format()` is JSON
public record GenerationRequest(
        List<Integer> promptIds,
        Sampling sampling,
        int choice,
        int topLogProbs,
        boolean deterministic,
        @Nullable TokenBytes tokens) {
    public GenerationRequest {
        promptIds = List.copyOf(promptIds);
        if (promptIds.isEmpty()) {
            throw new IllegalArgumentException("a prompt needs at least one token");
        }
        if (choice < 0) {
            throw new IllegalArgumentException("choice must be 0 or more, got " + choice);
        }
        if (topLogProbs < 0) {
            throw new IllegalArgumentException("topLogProbs must be 0 or more, got " + topLogProbs);
        }
        if (sampling.format() != null && tokens == null) {
            throw new IllegalArgumentException(
                    "an answer in " + sampling.format() + " needs the tokens' bytes");
        }
    }

    /// In any format, without other tokens than those sampled.
    public GenerationRequest(List<Integer> promptIds, Sampling sampling, int choice) {
        this(promptIds, sampling, choice, 0, false, null);
    }
}
