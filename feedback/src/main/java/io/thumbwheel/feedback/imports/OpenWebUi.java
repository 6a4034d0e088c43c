package io.thumbwheel.feedback.imports;

import com.fasterxml.jackson.databind.JsonNode;
import io.thumbwheel.schemas.event.Message;
import java.util.ArrayList;
import java.util.LinkedList;
import java.util.List;

/// A row of Open WebUI's feedback export: a rating of 1 or -1 with reason and comment, and a copy
/// of the chat, whose messages form a tree. In its arena, a liked answer won against its siblings.
final class OpenWebUi {
    private OpenWebUi() {}

    static Judgement judgement(JsonNode row) throws BadRowException {
        JsonNode chat = row.path("snapshot").path("chat");
        JsonNode messages =
                (chat.has("chat") ? chat.path("chat") : chat).path("history").path("messages");
        String id = row.path("meta").path("message_id").asText();
        JsonNode rated = messages.path(id);
        int rating = rating(row.path("data").path("rating"));
        if (rated.isMissingNode()) {
            throw new BadRowException(
                    RowProblem.UNKNOWN_SHAPE, "the snapshot has no message '%s'".formatted(id));
        }
        String question = rated.path("parentId").asText();
        List<Message> prompt = path(messages, question);
        String answer = rated.path("content").asText().strip();
        List<String> among = new ArrayList<>(List.of(answer));
        for (JsonNode sibling : messages.path(question).path("childrenIds")) {
            String text = messages.path(sibling.asText()).path("content").asText().strip();
            if (!sibling.asText().equals(id) && !text.isBlank()) {
                among.add(text);
            }
        }
        boolean battle = row.path("meta").path("arena").asBoolean() && among.size() > 1;
        Judgement judgement =
                battle && rating > 0
                        ? Judgement.pick(prompt, among, 0)
                        : Judgement.thumb(prompt, answer, rating > 0)
                                .because(reasons(row), row.path("data").path("comment").asText(""));
        return judgement.by(row.path("user_id").asText(""));
    }

    private static int rating(JsonNode rating) throws BadRowException {
        if (rating.asInt() != 1 && rating.asInt() != -1) {
            throw new BadRowException(RowProblem.NO_OPINION, "rating is 1 or -1, got " + rating);
        }
        return rating.asInt();
    }

    private static List<String> reasons(JsonNode row) {
        List<String> reasons = new ArrayList<>();
        String reason = row.path("data").path("reason").asText("");
        if (!reason.isBlank() && reason.length() <= 256) {
            reasons.add(reason);
        }
        return reasons;
    }

    /// From the first message down to the one with an id.
    private static List<Message> path(JsonNode messages, String last) throws BadRowException {
        LinkedList<Message> path = new LinkedList<>();
        String id = last;
        while (messages.has(id) && path.size() < messages.size()) {
            JsonNode message = messages.path(id);
            try {
                path.addFirst(
                        new Message(
                                message.path("role").asText(), message.path("content").asText()));
            } catch (IllegalArgumentException e) {
                throw new BadRowException(RowProblem.ROLES, String.valueOf(e.getMessage()));
            }
            id = message.path("parentId").asText("");
        }
        return path;
    }
}
