package io.thumbwheel.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Every answer that serving gave: what it was asked, and exactly what it sampled. Topic
/// `completions.v1`, keyed by route.
///
/// @param id the completion id that the client got
/// @param at when the last token was sampled
/// @param conversation the conversation that it belongs to
/// @param user pseudonym of the person who asked ([ApiKeys#pseudonym])
/// @param consent whether that person agreed that the exchange may train a model (`store`)
/// @param messages the conversation as rendered into the prompt
/// @param promptIds token ids of the prompt, template included [prompt]
/// @param tokenizerDigest SHA-256 of tokenizer.json and chat template
/// @param sampling how the choices were drawn
/// @param choices the answers, by index
/// @param metadata what the caller attached, left out where empty
public record CompletionServed(
        CompletionId id,
        Instant at,
        String conversation,
        String user,
        boolean consent,
        List<Message> messages,
        List<Integer> promptIds,
        String tokenizerDigest,
        Sampling sampling,
        List<Choice> choices,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> metadata)
        implements Event {
    public CompletionServed {
        messages = List.copyOf(messages);
        promptIds = List.copyOf(promptIds);
        choices = List.copyOf(choices);
        // Absent in what was written before there was such a field.
        metadata = metadata == null ? Map.of() : Map.copyOf(metadata);
        if (choices.size() != id.choices()) {
            throw new IllegalArgumentException(
                    "completion "
                            + id
                            + " names "
                            + id.choices()
                            + " choices, got "
                            + choices.size());
        }
    }

    @Override
    public String key() {
        return id.route();
    }

    /// Which share of the traffic an answer belonged to.
    public enum Arm {
        @JsonProperty("primary")
        PRIMARY,
        @JsonProperty("canary")
        CANARY,
        @JsonProperty("hold_out")
        HOLD_OUT,
        /// The request named a release itself.
        @JsonProperty("pinned")
        PINNED
    }

    /// Why an answer ended.
    public enum FinishReason {
        /// EOS or a stop text.
        @JsonProperty("stop")
        STOP,
        /// The token limit.
        @JsonProperty("length")
        LENGTH,
        /// The client went away or read too slowly.
        @JsonProperty("cancelled")
        CANCELLED
    }

    /// One answer.
    ///
    /// @param release the release that wrote all of it
    /// @param arm the share of traffic
    /// @param text what the client saw
    /// @param tokenIds what the model sampled, EOS included where it ended by itself [response]
    /// @param logProbs of those tokens, under the distribution sampled [response]
    /// @param finishReason why it ended
    public record Choice(
            String release,
            Arm arm,
            String text,
            List<Integer> tokenIds,
            LogProbs logProbs,
            FinishReason finishReason) {
        public Choice {
            tokenIds = List.copyOf(tokenIds);
            if (tokenIds.size() != logProbs.size()) {
                throw new IllegalArgumentException(
                        "a choice needs one log-prob per token, got %d for %d tokens"
                                .formatted(logProbs.size(), tokenIds.size()));
            }
        }
    }
}
