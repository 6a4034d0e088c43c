package io.thumbwheel.serving.generation;

import io.thumbwheel.schemas.event.Sampling;
import java.util.List;

/// One answer to be drawn.
///
/// @param promptIds token ids of the prompt, template included [prompt]
/// @param sampling how to draw; its `stop` texts are [TextStream]'s, not the scheduler's
/// @param choice index of the answer: answers to one prompt draw from streams of their own, derived
///   from (`sampling.seed()`, `choice`)
public record GenerationRequest(List<Integer> promptIds, Sampling sampling, int choice) {
    public GenerationRequest {
        promptIds = List.copyOf(promptIds);
        if (promptIds.isEmpty()) {
            throw new IllegalArgumentException("a prompt needs at least one token");
        }
        if (choice < 0) {
            throw new IllegalArgumentException("choice must be 0 or more, got " + choice);
        }
    }
}
