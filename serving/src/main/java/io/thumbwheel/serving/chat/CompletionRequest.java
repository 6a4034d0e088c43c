package io.thumbwheel.serving.chat;

import io.thumbwheel.schemas.event.LogitRules;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.event.Sampling;
import io.thumbwheel.schemas.event.Sampling.Format;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A completion as asked for, every field within its bounds.
///
/// @param model `policy`, or a release id
/// @param input what is to be gone on with
/// @param choices how many answers
/// @param maxTokens most tokens of one answer; null leaves it to the context
/// @param draw how tokens are drawn
/// @param stop texts at which an answer ends
/// @param seed of the draw; null lets serving choose one
/// @param deterministic whether it must come out the same to the bit, whatever else runs
/// @param delivery how the answer is told
/// @param store whether the user agrees that the exchange may train a model
/// @param metadata what the caller attached, for the journal
/// @param user who asks, as the caller calls them
/// @param conversation what it belongs to; null makes it one of its own
/// @param history whether serving keeps the conversation and puts it before the messages
record CompletionRequest(
        String model,
        Input input,
        int choices,
        @Nullable Integer maxTokens,
        Draw draw,
        List<String> stop,
        @Nullable Long seed,
        boolean deterministic,
        Delivery delivery,
        boolean store,
        Map<String, String> metadata,
        @Nullable String user,
        @Nullable String conversation,
        boolean history) {
    CompletionRequest {
        stop = List.copyOf(stop);
        metadata = Map.copyOf(metadata);
    }

    /// What is to be gone on with.
    sealed interface Input {
        /// A conversation, for the release's chat template.
        record Chat(List<Message> messages) implements Input {
            public Chat {
                messages = List.copyOf(messages);
            }
        }

        /// A text as it is, without a template.
        record Text(String text) implements Input {}

        /// Token ids as they are.
        record Ids(List<Integer> ids) implements Input {
            public Ids {
                ids = List.copyOf(ids);
            }
        }

        /// The request's field.
        default String field() {
            return switch (this) {
                case Chat _ -> "messages";
                case Text _, Ids _ -> "prompt";
            };
        }
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

    /// The messages; none where there is no conversation.
    List<Message> messages() {
        return input instanceof Input.Chat(var messages) ? messages : List.of();
    }

    /// The same about other messages.
    CompletionRequest withMessages(List<Message> messages) {
        return new CompletionRequest(
                model,
                new Input.Chat(messages),
                choices,
                maxTokens,
                draw,
                stop,
                seed,
                deterministic,
                delivery,
                store,
                metadata,
                user,
                conversation,
                history);
    }

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
