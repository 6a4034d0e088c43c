package io.thumbwheel.feedback.imports;

import com.fasterxml.jackson.databind.JsonNode;
import io.thumbwheel.schemas.event.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Conversations as others write them.
final class Turns {
    /// `\n\nHuman: …\n\nAssistant: …` (github.com/anthropics/hh-rlhf).
    private static final Pattern TRANSCRIPT = Pattern.compile("(?:^\\s*|\n\n)(Human|Assistant):");

    private Turns() {}

    /// A text of the user, a transcript, or a list of messages.
    static List<Message> of(JsonNode node) throws BadRowException {
        if (!node.isTextual()) {
            return messages(node);
        }
        String text = node.textValue();
        return isTranscript(text) ? transcript(text) : List.of(new Message("user", text));
    }

    /// The prompt in front of an answer: an empty last turn of the assistant waits for it.
    static List<Message> prompt(JsonNode node) throws BadRowException {
        List<Message> turns = of(node);
        boolean waits = !turns.isEmpty() && turns.getLast().equals(new Message("assistant", ""));
        return waits ? turns.subList(0, turns.size() - 1) : turns;
    }

    /// A text or a list of one message of the assistant.
    static String answer(JsonNode node) throws BadRowException {
        if (node.isTextual()) {
            return node.textValue().strip();
        }
        List<Message> messages = messages(node);
        if (messages.size() != 1 || !messages.getFirst().role().equals("assistant")) {
            throw new BadRowException(
                    RowProblem.ROLES, "an answer is one message of the assistant");
        }
        return messages.getFirst().content().strip();
    }

    static boolean isTranscript(String text) {
        return text.stripLeading().startsWith("Human:");
    }

    private static List<Message> transcript(String text) {
        List<Message> turns = new ArrayList<>();
        Matcher turn = TRANSCRIPT.matcher(text);
        boolean more = turn.find();
        while (more) {
            String role = turn.group(1).equals("Human") ? "user" : "assistant";
            int start = turn.end();
            more = turn.find();
            turns.add(
                    new Message(
                            role,
                            text.substring(start, more ? turn.start() : text.length()).strip()));
        }
        return turns;
    }

    private static List<Message> messages(JsonNode nodes) throws BadRowException {
        List<Message> messages = new ArrayList<>();
        for (JsonNode node : nodes) {
            try {
                messages.add(
                        new Message(node.path("role").asText(), node.path("content").asText()));
            } catch (IllegalArgumentException e) {
                throw new BadRowException(RowProblem.ROLES, String.valueOf(e.getMessage()));
            }
        }
        if (messages.isEmpty()) {
            throw new BadRowException(
                    RowProblem.UNKNOWN_SHAPE, "expected a text or a list of messages");
        }
        return messages;
    }
}
