package io.thumbwheel.feedback.imports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.event.Message;
import java.util.ArrayList;
import java.util.List;

/// A reward of Taskmaster-3 and -4 (Byrne et al.; arXiv:2403.10704): one turn that a model wrote,
/// and whether a person found it right. Turns are JSON within JSON; a call of an interface and its
/// response stay JSON, the call as the assistant's turn, the response as the user's. Neighbours of
/// one role become one turn, and so does what the agent says before anybody asks, for the system.
final class Taskmaster {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Taskmaster() {}

    static Judgement thumb(JsonNode row) throws BadRowException {
        double reward = row.path("reward").asDouble(-1);
        if (reward != 0 && reward != 1) {
            throw new BadRowException(
                    RowProblem.NO_OPINION, "reward is 0 or 1, got " + row.path("reward"));
        }
        List<Message> prompt = new ArrayList<>();
        for (JsonNode turn : parsed(row.path("context").asText())) {
            String role = turn.path("role").asText().equals("agent") ? "assistant" : "user";
            add(prompt, prompt.isEmpty() && role.equals("assistant") ? "system" : role, said(turn));
        }
        return Judgement.thumb(prompt, said(parsed(row.path("generation").asText())), reward == 1);
    }

    private static void add(List<Message> prompt, String role, String text) {
        if (!prompt.isEmpty() && prompt.getLast().role().equals(role)) {
            Message last = prompt.removeLast();
            prompt.add(new Message(role, last.content() + "\n" + text));
        } else {
            prompt.add(new Message(role, text));
        }
    }

    private static String said(JsonNode turn) {
        for (String field : List.of("api", "response")) {
            if (turn.has(field)) {
                return turn.path(field).toString();
            }
        }
        return turn.path("text").asText().strip();
    }

    private static JsonNode parsed(String json) throws BadRowException {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new BadRowException(
                    RowProblem.NOT_JSON, "context and generation are JSON within JSON");
        }
    }
}
