package io.thumbwheel.serving.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.schemas.text.Tokenizer;
import io.thumbwheel.serving.chat.AnswerListener.Ended;
import io.thumbwheel.serving.release.Resident;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What all forms of an answer share. Each body carries the release as `system_fingerprint`.
final class Envelope {
    private final Prompt prompt;
    private final String id;
    private final String release;
    private final Tokenizer tokenizer;

    Envelope(Prompt prompt, Resident release) {
        this.prompt = prompt;
        this.id = prompt.id().toString();
        this.release = release.id();
        this.tokenizer = release.template().tokenizer();
    }

    CompletionRequest request() {
        return prompt.request();
    }

    /// A body without choices.
    ObjectNode head(String object) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("object", object)
                .put("created", prompt.created())
                .put("model", prompt.request().model())
                .put("system_fingerprint", release);
    }

    /// A chunk of a stream, with one choice.
    ///
    /// @param reason why the choice ended; null where it goes on
    ObjectNode chunk(String object, int choice, @Nullable FinishReason reason) {
        ObjectNode body = head(object);
        body.putArray("choices")
                .addObject()
                .put("index", choice)
                .putNull("logprobs")
                .put("finish_reason", reason == null ? null : reason(reason));
        if (request().delivery().includeUsage()) {
            body.putNull("usage");
        }
        return body;
    }

    /// The chunk in which a choice ends.
    ObjectNode finish(String object, int choice, Ended end) {
        return chunk(object, choice, end.served().choices().get(choice).finishReason());
    }

    /// The one choice of a chunk.
    static ObjectNode choiceOf(ObjectNode chunk) {
        return (ObjectNode) chunk.path("choices").path(0);
    }

    /// The chunk after all choices.
    ObjectNode usageChunk(String object, Ended end) {
        ObjectNode body = head(object);
        body.putArray("choices");
        body.set("usage", usage(end));
        return body;
    }

    ObjectNode usage(Ended end) {
        CompletionServed served = end.served();
        int read = served.promptIds().size();
        int written = served.choices().stream().mapToInt(choice -> choice.tokenIds().size()).sum();
        ObjectNode usage =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("prompt_tokens", read)
                        .put("completion_tokens", written)
                        .put("total_tokens", read + written);
        usage.putObject("prompt_tokens_details").put("cached_tokens", end.cachedTokens());
        return usage;
    }

    /// What the answer goes on from, where serving keeps the conversation.
    void putRecalled(ObjectNode body) {
        Recalled recalled = prompt.recalled();
        if (recalled != null) {
            conversation(body)
                    .put("history", recalled.available() ? "ok" : "unavailable")
                    .put("turns_used", recalled.used())
                    .put("turns_dropped", recalled.dropped());
        }
    }

    /// Whether the conversation will go on from the answer.
    void putKept(ObjectNode body, boolean kept) {
        if (prompt.recalled() != null) {
            conversation(body).put("kept", kept);
        }
    }

    private ObjectNode conversation(ObjectNode body) {
        return body.withObjectProperty("conversation").put("id", prompt.conversation());
    }

    void putPromptIds(ObjectNode body) {
        if (request().delivery().tokenIds()) {
            prompt.promptIds().forEach(body.putArray("prompt_token_ids")::add);
        }
    }

    void putTokenIds(ObjectNode choice, List<Integer> ids) {
        if (request().delivery().tokenIds()) {
            ids.forEach(choice.putArray("token_ids")::add);
        }
    }

    /// The bytes of a token; none for a special one.
    byte[] bytes(int token) {
        return tokenizer.bytes(token);
    }

    static String reason(FinishReason reason) {
        return switch (reason) {
            case STOP -> "stop";
            case LENGTH -> "length";
            case CANCELLED -> "cancelled";
        };
    }
}
