package io.thumbwheel.serving.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.serving.web.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The fields of a JSON object, read with their bounds: what is wrong is told by the field's name.
/// A null counts as absent, as clients send it.
final class JsonFields {
    private final ObjectNode object;

    JsonFields(ObjectNode object) {
        this.object = object;
    }

    /// Refuses every field that is not known, unless its value asks for nothing.
    void refuseUnknown(Set<String> known) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (!known.contains(field.getKey()) && !neutral(field.getKey(), field.getValue())) {
                throw ApiException.badRequest(
                        "unsupported_parameter",
                        field.getKey(),
                        "'%s' is not supported here: leave it out".formatted(field.getKey()));
            }
        }
    }

    /// Whether a value is what OpenAI does without the field, so that leaving it unread is right.
    private static boolean neutral(String name, JsonNode value) {
        return switch (name) {
            case "tool_choice" -> value.asText("").equals("none");
            case "best_of" -> value.isNull() || value.asInt() == 1;
            case "echo", "add_special_tokens" ->
                    value.isNull() || value.isBoolean() && !value.booleanValue();
            case "add_generation_prompt" -> value.isNull() || value.booleanValue();
            default -> value.isNull() || value.isContainerNode() && value.isEmpty();
        };
    }

    /// A field, or null where it is absent.
    @Nullable JsonNode get(String name) {
        JsonNode node = object.get(name);
        return node == null || node.isNull() ? null : node;
    }

    /// True or false; false where absent.
    boolean flag(String name) {
        JsonNode node = get(name);
        if (node != null && !node.isBoolean()) {
            throw wrong(name, "must be true or false, got " + node);
        }
        return node != null && node.booleanValue();
    }

    /// A whole number, or null where absent.
    @Nullable Long integer(String name, long least, long most) {
        JsonNode node = get(name);
        if (node == null) {
            return null;
        }
        if (!node.isIntegralNumber()
                || !node.canConvertToLong()
                || node.longValue() < least
                || node.longValue() > most) {
            throw wrong(
                    name,
                    "must be a whole number between %d and %d, got %s"
                            .formatted(least, most, node));
        }
        return node.longValue();
    }

    /// A number.
    double number(String name, double absent, double least, double most) {
        JsonNode node = get(name);
        if (node == null) {
            return absent;
        }
        double value = node.doubleValue();
        if (!node.isNumber() || !(value >= least && value <= most)) {
            throw wrong(
                    name,
                    least == Double.MIN_VALUE
                            ? "must be above 0 and at most %s, got %s".formatted(most, node)
                            : "must be between %s and %s, got %s".formatted(least, most, node));
        }
        return value;
    }

    /// A text.
    String text(String name, int maxChars, String absent) {
        String text = optionalText(name, maxChars);
        return text == null ? absent : text;
    }

    /// A text, or null where absent.
    @Nullable String optionalText(String name, int maxChars) {
        JsonNode node = get(name);
        if (node == null) {
            return null;
        }
        if (!node.isTextual()
                || node.textValue().isEmpty()
                || node.textValue().length() > maxChars) {
            throw wrong(name, "must be a text of 1 to %d characters".formatted(maxChars));
        }
        return node.textValue();
    }

    /// A list of token ids; whether a model has them is for others to say.
    List<Integer> tokenIds(String name) {
        JsonNode node = get(name);
        if (node == null || !node.isArray()) {
            throw wrong(name, "must be a list of token ids");
        }
        List<Integer> ids = new ArrayList<>(node.size());
        for (JsonNode id : node) {
            if (!id.isInt() || id.intValue() < 0) {
                throw wrong(name, "must be a list of token ids, got " + id + " in it");
            }
            ids.add(id.intValue());
        }
        return ids;
    }

    private static ApiException wrong(String name, String problem) {
        return ApiException.badRequest("invalid_value", name, name + " " + problem);
    }
}
