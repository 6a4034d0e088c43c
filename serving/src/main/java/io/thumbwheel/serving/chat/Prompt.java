package io.thumbwheel.serving.chat;

import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.Sampling;
import io.thumbwheel.serving.generation.TokenBytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request made ready for a release: tokenised by its rules, with an id, a limit and a seed.
///
/// @param id the completion id that the client will get
/// @param request what was asked
/// @param caller whose key it came with: callers take turns
/// @param conversation what it belongs to
/// @param user pseudonym of who asked
/// @param recalled what was said before, where serving keeps that
/// @param promptIds token ids, template included [prompt]
/// @param sampling how to draw
/// @param tokens the tokens' bytes, where the answer is held to a format
/// @param created when it was taken in, seconds since 1970
record Prompt(
        CompletionId id,
        CompletionRequest request,
        String caller,
        String conversation,
        String user,
        @Nullable Recalled recalled,
        List<Integer> promptIds,
        Sampling sampling,
        @Nullable TokenBytes tokens,
        long created) {
    Prompt {
        promptIds = List.copyOf(promptIds);
    }
}
