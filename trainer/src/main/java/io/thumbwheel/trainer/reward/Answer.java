package io.thumbwheel.trainer.reward;

import java.util.ArrayList;
import java.util.List;

/// A prompt and an answer to it, as token ids.
///
/// @param promptIds template included [prompt]
/// @param responseIds EOS included where the answer ended by itself [response]
public record Answer(List<Integer> promptIds, List<Integer> responseIds) {
    public Answer {
        promptIds = List.copyOf(promptIds);
        responseIds = List.copyOf(responseIds);
        if (promptIds.isEmpty() || responseIds.isEmpty()) {
            throw new IllegalArgumentException(
                    "prompt and response need at least one token each, got %d and %d"
                            .formatted(promptIds.size(), responseIds.size()));
        }
    }

    /// Prompt and response [seq].
    public List<Integer> tokenIds() {
        List<Integer> ids = new ArrayList<>(promptIds);
        ids.addAll(responseIds);
        return ids;
    }

    /// Tokens of prompt and response.
    public int length() {
        return promptIds.size() + responseIds.size();
    }

    /// Whether the answer ended by itself.
    public boolean ended(int eosId) {
        return responseIds.getLast() == eosId;
    }
}
