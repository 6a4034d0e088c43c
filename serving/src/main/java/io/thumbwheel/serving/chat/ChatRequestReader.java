package io.thumbwheel.serving.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.LogitRules;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.event.Sampling.Format;
import io.thumbwheel.serving.release.ReleaseRouter;
import io.thumbwheel.serving.web.ApiException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the body of a chat completion. A field that serving cannot honour is refused by name,
/// never ignored: an answer that silently lacks what was asked for is a wrong answer.
final class ChatRequestReader {
    private static final int MAX_NAME_CHARS = 256;
    private static final int MAX_STOP_CHARS = 256;
    private static final int MAX_BIASES = 1024;
    private static final int MAX_PAIRS = 16;
    private static final int MAX_PAIR_KEY_CHARS = 64;
    private static final int MAX_PAIR_CHARS = 512;
    private static final int MAX_TOP_LOG_PROBS = 20;
    private static final Pattern TOKEN_ID = Pattern.compile("[0-9]{1,9}");

    private static final Set<String> KNOWN =
            Set.of(
                    "model",
                    "messages",
                    "n",
                    "max_tokens",
                    "max_completion_tokens",
                    "temperature",
                    "top_p",
                    "top_k",
                    "min_p",
                    "stop",
                    "seed",
                    "stream",
                    "stream_options",
                    "store",
                    "user",
                    "conversation",
                    "return_token_ids",
                    "logprobs",
                    "top_logprobs",
                    "presence_penalty",
                    "frequency_penalty",
                    "repetition_penalty",
                    "logit_bias",
                    "metadata",
                    "response_format");

    private final JsonFields fields;
    private final int maxMessages;
    private final int maxStops;

    /// @param body what was sent
    /// @param maxMessages most messages
    /// @param maxStops most stop texts
    ChatRequestReader(ObjectNode body, int maxMessages, int maxStops) {
        this.fields = new JsonFields(body);
        this.maxMessages = maxMessages;
        this.maxStops = maxStops;
    }

    /// The request.
    ///
    /// @throws ApiException 400 naming the field at fault
    ChatRequest read() {
        fields.refuseUnknown(KNOWN);
        Long choices = fields.integer("n", 1, CompletionId.MAX_CHOICES);
        return new ChatRequest(
                fields.text("model", MAX_NAME_CHARS, ReleaseRouter.POLICY),
                messages(),
                choices == null ? 1 : choices.intValue(),
                maxTokens(),
                draw(),
                stop(),
                fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE),
                delivery(),
                fields.flag("store"),
                metadata(),
                fields.optionalText("user", MAX_NAME_CHARS),
                fields.optionalText("conversation", MAX_NAME_CHARS));
    }

    private List<Message> messages() {
        JsonNode node = fields.get("messages");
        if (node == null || !node.isArray() || node.isEmpty()) {
            throw ApiException.badRequest(
                    "missing_messages",
                    "messages",
                    "messages must be a list of at least one message, such as"
                            + " {\"role\":\"user\",\"content\":\"Hello\"}");
        }
        if (node.size() > maxMessages) {
            throw ApiException.badRequest(
                    "too_many_messages",
                    "messages",
                    "a conversation may have at most %d messages (serving.limits.messages), got %d"
                            .formatted(maxMessages, node.size()));
        }
        List<Message> messages = new ArrayList<>();
        for (JsonNode message : node) {
            messages.add(message("messages[%d]".formatted(messages.size()), message));
        }
        return messages;
    }

    private static Message message(String param, JsonNode message) {
        if (!message.isObject()) {
            throw invalid(param, param + " must be an object with role and content");
        }
        String role = message.path("role").asText("");
        // OpenAI's newer name of the same role.
        String known = role.equals("developer") ? "system" : role;
        try {
            return new Message(known, content(param + ".content", message.path("content")));
        } catch (IllegalArgumentException e) {
            throw invalid(param + ".role", param + ": " + e.getMessage());
        }
    }

    private static String content(String param, JsonNode content) {
        if (content.isTextual()) {
            return content.textValue();
        }
        if (!content.isArray()) {
            throw invalid(param, param + " must be a text, or a list of text parts");
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            if (!part.path("type").asText("").equals("text") || !part.path("text").isTextual()) {
                throw invalid(
                        param,
                        "%s may hold parts of type text only, got %s"
                                .formatted(param, part.path("type")));
            }
            text.append(part.path("text").textValue());
        }
        return text.toString();
    }

    private ChatRequest.Draw draw() {
        Long topK = fields.integer("top_k", 0, Integer.MAX_VALUE);
        return new ChatRequest.Draw(
                fields.number("temperature", 1, 0, 2),
                fields.number("top_p", 1, Double.MIN_VALUE, 1),
                topK == null ? 0 : topK.intValue(),
                fields.number("min_p", 0, 0, Math.nextDown(1.0)),
                new LogitRules(
                        fields.number("presence_penalty", 0, -2, 2),
                        fields.number("frequency_penalty", 0, -2, 2),
                        fields.number("repetition_penalty", 1, 0.01, 2),
                        logitBias()),
                format());
    }

    /// Text, which is no format, or a JSON object.
    private @Nullable Format format() {
        JsonNode node = fields.get("response_format");
        if (node == null) {
            return null;
        }
        return switch (node.path("type").asText("")) {
            case "text" -> null;
            case "json_object" -> Format.JSON_OBJECT;
            case "json_schema" ->
                    throw ApiException.badRequest(
                            "unsupported_parameter",
                            "response_format",
                            "response_format json_schema is not supported here: ask for json_object and describe the fields in a message");
            default ->
                    throw invalid(
                            "response_format",
                            "response_format must be {\"type\":\"text\"} or {\"type\":\"json_object\"}, got "
                                    + node);
        };
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

    private Map<Integer, Double> logitBias() {
        JsonNode node = fields.get("logit_bias");
        if (node == null) {
            return Map.of();
        }
        if (!(node instanceof ObjectNode biases) || node.size() > MAX_BIASES) {
            throw invalid(
                    "logit_bias",
                    "logit_bias must be an object of at most %d token ids with a number each"
                            .formatted(MAX_BIASES));
        }
        Map<Integer, Double> read = new HashMap<>();
        for (Map.Entry<String, JsonNode> bias : biases.properties()) {
            if (!TOKEN_ID.matcher(bias.getKey()).matches()
                    || !bias.getValue().isNumber()
                    || !(Math.abs(bias.getValue().doubleValue()) <= 100)) {
                throw invalid(
                        "logit_bias",
                        "logit_bias maps a token id to a number between -100 and 100, got \"%s\":%s"
                                .formatted(bias.getKey(), bias.getValue()));
            }
            read.put(Integer.valueOf(bias.getKey()), bias.getValue().doubleValue());
        }
        return read;
    }

    private @Nullable Integer maxTokens() {
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

    private ChatRequest.Delivery delivery() {
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
        boolean logProbs = fields.flag("logprobs");
        Long top = fields.integer("top_logprobs", 0, MAX_TOP_LOG_PROBS);
        if (top != null && top > 0 && !logProbs) {
            throw invalid("top_logprobs", "top_logprobs needs \"logprobs\":true");
        }
        return new ChatRequest.Delivery(
                stream,
                includeUsage,
                fields.flag("return_token_ids"),
                logProbs,
                top == null ? 0 : top.intValue());
    }

    private static ApiException invalid(String param, String message) {
        return ApiException.badRequest("invalid_value", param, message);
    }
}
