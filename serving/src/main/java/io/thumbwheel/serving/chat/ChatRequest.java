package io.thumbwheel.serving.chat;

import io.thumbwheel.schemas.event.LogitRules;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.event.Sampling;
import io.thumbwheel.schemas.event.Sampling.Format;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A chat completion as asked for, every field within its bounds.
///
/// @param model `policy`, or a release id
/// @param messages the conversation so far
/// @param choices how many answers
/// @param maxTokens most tokens of one answer; null leaves it to the context
/// @param draw how tokens are drawn
/// @param stop texts at which an answer ends
/// @param seed of the draw; null lets serving choose one
/// @param delivery how the answer is told
/// @param store whether the user agrees that the exchange may train a model
/// @param metadata what the caller attached, for the journal
/// @param user who asks, as the caller calls them
/// @param conversation what it belongs to; null makes it one of its own
record ChatRequest(
        String model,
        List<Message> messages,
        int choices,
        @Nullable Integer maxTokens,
        Draw draw,
        List<String> stop,
        @Nullable Long seed,
        Delivery delivery,
        boolean store,
        Map<String, String> metadata,
        @Nullable String user,
        @Nullable String conversation) {
    ChatRequest {
        messages = List.copyOf(messages);
        stop = List.copyOf(stop);
        metadata = Map.copyOf(metadata);
    }

    /// How tokens are drawn, as in [Sampling].
    record Draw(
            double temperature,
            double topP,
            int topK,
            double minP,
            LogitRules rules,
            @Nullable Format format) {}

    /// How the answer is told.
    ///
    /// @param stream token by token, or whole
    /// @param includeUsage whether a stream ends with the token counts
    /// @param tokenIds whether token ids are told
    /// @param logProbs whether log-probabilities are told
    /// @param topLogProbs how many of the most probable tokens are told with each token
    record Delivery(
            boolean stream,
            boolean includeUsage,
            boolean tokenIds,
            boolean logProbs,
            int topLogProbs) {}

    /// The sampling settings, once limit and seed are known.
    Sampling sampling(int limit, long drawSeed) {
        return new Sampling(
                draw.temperature(),
                draw.topP(),
                draw.topK(),
                draw.minP(),
                limit,
                stop,
                drawSeed,
                draw.rules(),
                draw.format());
    }
}
