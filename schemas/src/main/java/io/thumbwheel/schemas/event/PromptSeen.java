package io.thumbwheel.schemas.event;

import java.time.Instant;
import java.util.List;

/// A prompt that a consenting user sent: what PPO rolls out on. Topic `prompts.v1`, compacted by
/// digest.
///
/// @param digest SHA-256 of the token ids, hex
/// @param at when it was first seen
/// @param promptIds token ids, template included [prompt]
/// @param user pseudonym of its owner
/// @param split the owner's split
public record PromptSeen(
        String digest, Instant at, List<Integer> promptIds, String user, Split split)
        implements Event {
    public PromptSeen {
        promptIds = List.copyOf(promptIds);
    }

    @Override
    public String key() {
        return digest;
    }
}
