package io.thumbwheel.feedback.imports;

import com.fasterxml.jackson.databind.JsonNode;
import io.thumbwheel.schemas.event.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A conversation of Topical-Chat (github.com/alexa/Topical-Chat): two people in turn, each turn
/// rated by the partner in five words. Who replies is the assistant, so each turn but the first is
/// an answer to all before it.
final class TopicalChat {
    /// Five words over seven marks.
    private static final Map<String, Integer> MARKS =
            Map.of("Poor", 1, "Not Good", 2, "Passable", 4, "Good", 6, "Excellent", 7);

    private TopicalChat() {}

    static List<Judgement> ratings(JsonNode content) throws BadRowException {
        List<String> texts = new ArrayList<>();
        List<Judgement> ratings = new ArrayList<>();
        for (JsonNode turn : content) {
            String text = turn.path("message").asText().strip();
            Integer mark = MARKS.get(turn.path("turn_rating").asText());
            if (!texts.isEmpty() && mark != null && !text.isBlank()) {
                ratings.add(Judgement.rating(before(texts), text, mark));
            }
            texts.add(text);
        }
        return ratings;
    }

    /// The last of the texts is the user's, and so every second one before it.
    private static List<Message> before(List<String> texts) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            boolean users = (texts.size() - 1 - i) % 2 == 0;
            messages.add(new Message(users ? "user" : "assistant", texts.get(i)));
        }
        // A conversation begins with a user; what the assistant opened with is left out.
        return messages.getFirst().role().equals("assistant")
                ? messages.subList(1, messages.size())
                : messages;
    }
}
