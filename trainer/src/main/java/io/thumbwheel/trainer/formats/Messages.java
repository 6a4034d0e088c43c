package io.thumbwheel.trainer.formats;

import com.fasterxml.jackson.databind.JsonNode;
import io.thumbwheel.schemas.event.Message;
import java.util.ArrayList;
import java.util.List;

/// A list of `{"role", "content"}`.
public final class Messages {
    private Messages() {}

    /// The turns that the JSON array holds.
    public static List<Message> read(JsonNode array) throws BadRowException {
        if (!array.isArray() || array.isEmpty()) {
            throw new BadRowException(
                    DataProblem.UNKNOWN_SHAPE, "a list of {role, content} is needed");
        }
        List<Message> messages = new ArrayList<>();
        for (JsonNode message : array) {
            JsonNode content = message.path("content");
            if (!message.path("role").isTextual() || !content.isTextual()) {
                throw new BadRowException(
                        DataProblem.UNKNOWN_SHAPE,
                        "message %d needs the texts role and content"
                                .formatted(messages.size() + 1));
            }
            String role = message.path("role").textValue();
            try {
                messages.add(new Message(role, content.textValue()));
            } catch (IllegalArgumentException unknown) {
                throw new BadRowException(DataProblem.ROLES, "role '%s'".formatted(role));
            }
        }
        return messages;
    }
}
