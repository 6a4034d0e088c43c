package io.thumbwheel.serving.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.LogitRules;
import io.thumbwheel.schemas.event.Sampling.Format;
import io.thumbwheel.serving.web.ApiException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads how the tokens of an answer are to be drawn.
final class DrawReader {
    /// The fields that it reads.
    static final Set<String> FIELDS =
            Set.of(
                    "temperature",
                    "top_p",
                    "top_k",
                    "min_p",
                    "presence_penalty",
                    "frequency_penalty",
                    "repetition_penalty",
                    "logit_bias",
                    "response_format");

    private static final int MAX_BIASES = 1024;
    private static final Pattern TOKEN_ID = Pattern.compile("[0-9]{1,9}");

    private DrawReader() {}

    static CompletionRequest.Draw read(JsonFields fields) {
        Long topK = fields.integer("top_k", 0, Integer.MAX_VALUE);
        return new CompletionRequest.Draw(
                fields.number("temperature", 1, 0, 2),
                fields.number("top_p", 1, Double.MIN_VALUE, 1),
                topK == null ? 0 : topK.intValue(),
                fields.number("min_p", 0, 0, Math.nextDown(1.0)),
                new LogitRules(
                        fields.number("presence_penalty", 0, -2, 2),
                        fields.number("frequency_penalty", 0, -2, 2),
                        fields.number("repetition_penalty", 1, 0.01, 2),
                        logitBias(fields)),
                format(fields));
    }

    private static Map<Integer, Double> logitBias(JsonFields fields) {
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

    /// Text, which is no format, or a JSON object.
    private static @Nullable Format format(JsonFields fields) {
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

    private static ApiException invalid(String param, String message) {
        return ApiException.badRequest("invalid_value", param, message);
    }
}
