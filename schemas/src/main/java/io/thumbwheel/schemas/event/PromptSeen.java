package io.thumbwheel.schemas.event;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HexFormat;
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

    /// The prompt of a completion.
    public static PromptSeen of(CompletionServed served) {
        return new PromptSeen(
                digestOf(served.promptIds()),
                served.at(),
                served.promptIds(),
                served.user(),
                Split.ofRater(served.user()));
    }

    /// The digest of a prompt: SHA-256 over its ids as big-endian int32, hex.
    public static String digestOf(List<Integer> promptIds) {
        ByteBuffer bytes = ByteBuffer.allocate(promptIds.size() * Integer.BYTES);
        promptIds.forEach(bytes::putInt);
        return HexFormat.of().formatHex(SigningKey.sha256(bytes.array()));
    }

    @Override
    public String key() {
        return digest;
    }
}
