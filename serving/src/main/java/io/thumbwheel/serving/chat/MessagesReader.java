package io.thumbwheel.serving.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.serving.web.ApiException;
import java.util.ArrayList;
import java.util.List;

/// Reads the `messages` of a request.
final class MessagesReader {
    private MessagesReader() {}

    /// The conversation.
    ///
    /// @throws ApiException 400 naming the message at fault
    static List<Message> read(JsonFields fields, int maxMessages) {
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

    private static ApiException invalid(String param, String message) {
        return ApiException.badRequest("invalid_value", param, message);
    }
}
