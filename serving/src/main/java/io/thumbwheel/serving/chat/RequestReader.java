package io.thumbwheel.serving.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.serving.chat.CompletionRequest.Delivery;
import io.thumbwheel.serving.chat.CompletionRequest.Input;
import io.thumbwheel.serving.release.ReleaseRouter;
import io.thumbwheel.serving.web.ApiException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the body of a chat completion or of a plain one. A field that serving cannot honour is
/// refused by name, never ignored: an answer that silently lacks what was asked for is a wrong
/// answer.
final class RequestReader {
    static final int MAX_NAME_CHARS = 256;

    private static final int MAX_STOP_CHARS = 256;
    private static final int MAX_PAIRS = 16;
    private static final int MAX_PAIR_KEY_CHARS = 64;
    private static final int MAX_PAIR_CHARS = 512;
    private static final int MAX_CHAT_TOP = 20;
    private static final int MAX_TEXT_TOP = 5;
    private static final int TEXT_TOKENS = 16;

    /// What both kinds have.
    private static final Set<String> COMMON =
            with(
                    DrawReader.FIELDS,
                    "model",
                    "n",
                    "max_tokens",
                    "stop",
                    "seed",
                    "deterministic",
                    "stream",
                    "stream_options",
                    "user",
                    "conversation",
                    "return_token_ids",
                    "logprobs");

    private static final Set<String> CHAT =
            with(
                    COMMON,
                    "messages",
                    "max_completion_tokens",
                    "top_logprobs",
                    "store",
                    "metadata",
                    "conversation_history");
    private static final Set<String> TEXT = with(COMMON, "prompt");

    private final JsonFields fields;
    private final int maxMessages;
    private final int maxStops;

    /// @param body what was sent
    /// @param maxMessages most messages
    /// @param maxStops most stop texts
    RequestReader(ObjectNode body, int maxMessages, int maxStops) {
        this.fields = new JsonFields(body);
        this.maxMessages = maxMessages;
        this.maxStops = maxStops;
    }

    private static Set<String> with(Set<String> names, String... more) {
        Set<String> all = new HashSet<>(names);
        all.addAll(List.of(more));
        return Set.copyOf(all);
    }

    /// A chat completion.
    ///
    /// @throws ApiException 400 naming the field at fault
    CompletionRequest chat() {
        fields.refuseUnknown(CHAT);
        boolean logProbs = fields.flag("logprobs");
        Long top = fields.integer("top_logprobs", 0, MAX_CHAT_TOP);
        if (top != null && top > 0 && !logProbs) {
            throw invalid("top_logprobs", "top_logprobs needs \"logprobs\":true");
        }
        return request(
                new Input.Chat(MessagesReader.read(fields, maxMessages)),
                chatTokens(),
                delivery(logProbs, top),
                fields.flag("store"),
                metadata());
    }

    /// A plain completion, as OpenAI had it before chats. It has no `store`: it never trains.
    ///
    /// @throws ApiException 400 naming the field at fault
    CompletionRequest text() {
        fields.refuseUnknown(TEXT);
        Long top = fields.integer("logprobs", 0, MAX_TEXT_TOP);
        Long limit = fields.integer("max_tokens", 1, Integer.MAX_VALUE);
        return request(
                prompt(),
                limit == null ? TEXT_TOKENS : limit.intValue(),
                delivery(top != null, top),
                false,
                Map.of());
    }

    private CompletionRequest request(
            Input input,
            @Nullable Integer maxTokens,
            Delivery delivery,
            boolean store,
            Map<String, String> metadata) {
        Long choices = fields.integer("n", 1, CompletionId.MAX_CHOICES);
        return new CompletionRequest(
                fields.text("model", MAX_NAME_CHARS, ReleaseRouter.POLICY),
                input,
                choices == null ? 1 : choices.intValue(),
                maxTokens,
                DrawReader.read(fields),
                stop(),
                fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE),
                fields.flag("deterministic"),
                delivery,
                store,
                metadata,
                fields.optionalText("user", MAX_NAME_CHARS),
                fields.optionalText("conversation", MAX_NAME_CHARS),
                history());
    }

    private boolean history() {
        boolean history = fields.flag("conversation_history");
        if (history && fields.get("conversation") == null) {
            throw invalid(
                    "conversation_history",
                    "conversation_history needs a conversation to keep: give it an id in 'conversation'");
        }
        return history;
    }

    /// A text, or token ids; a list of one text counts as the text.
    private Input prompt() {
        JsonNode node = fields.get("prompt");
        if (node != null && node.isArray() && node.size() == 1 && node.path(0).isTextual()) {
            node = node.path(0);
        }
        if (node != null && node.isTextual() && !node.textValue().isEmpty()) {
            return new Input.Text(node.textValue());
        }
        if (node == null || !node.isArray() || node.isEmpty()) {
            throw invalid("prompt", "prompt must be a text or a list of token ids, not empty");
        }
        return new Input.Ids(fields.tokenIds("prompt"));
    }

    private @Nullable Integer chatTokens() {
        Long newer = fields.integer("max_completion_tokens", 1, Integer.MAX_VALUE);
        Long older = fields.integer("max_tokens", 1, Integer.MAX_VALUE);
        if (newer != null && older != null && !newer.equals(older)) {
            throw invalid(
                    "max_tokens",
                    "max_tokens is the old name of max_completion_tokens; they say %d and %d"
                            .formatted(older, newer));
        }
        Long limit = newer == null ? older : newer;
        return limit == null ? null : Integer.valueOf(limit.intValue());
    }

    private List<String> stop() {
        JsonNode node = fields.get("stop");
        if (node == null) {
            return List.of();
        }
        List<String> stops = new ArrayList<>();
        for (JsonNode stop : node.isArray() ? node : List.of(node)) {
            if (!stop.isTextual()
                    || stop.textValue().isEmpty()
                    || stop.textValue().length() > MAX_STOP_CHARS) {
                throw invalid(
                        "stop",
                        "stop must be a text of 1 to %d characters, or a list of such, got %s"
                                .formatted(MAX_STOP_CHARS, stop));
            }
            stops.add(stop.textValue());
        }
        if (stops.size() > maxStops) {
            throw invalid(
                    "stop",
                    "there may be at most %d stop texts (serving.limits.stops), got %d"
                            .formatted(maxStops, stops.size()));
        }
        return stops;
    }

    private Delivery delivery(boolean logProbs, @Nullable Long top) {
        boolean stream = fields.flag("stream");
        boolean includeUsage = false;
        JsonNode options = fields.get("stream_options");
        if (options != null) {
            if (!stream || !(options instanceof ObjectNode object)) {
                throw invalid("stream_options", "stream_options is an object, for streams only");
            }
            JsonFields inner = new JsonFields(object);
            inner.refuseUnknown(Set.of("include_usage"));
            includeUsage = inner.flag("include_usage");
        }
        return new Delivery(
                stream,
                includeUsage,
                fields.flag("return_token_ids"),
                logProbs,
                top == null ? 0 : top.intValue());
    }

    /// OpenAI's bounds.
    private Map<String, String> metadata() {
        JsonNode node = fields.get("metadata");
        if (node == null) {
            return Map.of();
        }
        if (!(node instanceof ObjectNode pairs) || node.size() > MAX_PAIRS) {
            throw invalid(
                    "metadata",
                    "metadata must be an object of at most %d texts".formatted(MAX_PAIRS));
        }
        Map<String, String> read = new HashMap<>();
        for (Map.Entry<String, JsonNode> pair : pairs.properties()) {
            if (pair.getKey().length() > MAX_PAIR_KEY_CHARS
                    || !pair.getValue().isTextual()
                    || pair.getValue().textValue().length() > MAX_PAIR_CHARS) {
                throw invalid(
                        "metadata",
                        "metadata maps keys of at most %d characters to texts of at most %d; '%s' is not so"
                                .formatted(MAX_PAIR_KEY_CHARS, MAX_PAIR_CHARS, pair.getKey()));
            }
            read.put(pair.getKey(), pair.getValue().textValue());
        }
        return read;
    }

    private static ApiException invalid(String param, String message) {
        return ApiException.badRequest("invalid_value", param, message);
    }
}
