package io.thumbwheel.feedback.imports;

import com.fasterxml.jackson.databind.JsonNode;
import io.thumbwheel.schemas.event.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// A tree of Open-Assistant: wherever a question has ranked replies, one ranking; what was deleted
/// or has no rank is left out. Ranks are agreed on by several people, so they are nobody's own.
final class AssistantTree {
    private static final int MOST = 9;

    private AssistantTree() {}

    static List<Judgement> rankings(JsonNode root) throws BadRowException {
        List<Judgement> rankings = new ArrayList<>();
        collect(root, List.of(), rankings);
        return rankings;
    }

    private static void collect(JsonNode node, List<Message> before, List<Judgement> rankings)
            throws BadRowException {
        List<Message> path = new ArrayList<>(before);
        boolean asks = node.path("role").asText().equals("prompter");
        path.add(new Message(asks ? "user" : "assistant", node.path("text").asText()));
        if (asks) {
            ranking(path, node.path("replies"), rankings);
        }
        for (JsonNode reply : node.path("replies")) {
            collect(reply, path, rankings);
        }
    }

    private static void ranking(List<Message> prompt, JsonNode replies, List<Judgement> rankings)
            throws BadRowException {
        List<String> answers = new ArrayList<>();
        TreeMap<Integer, List<Integer>> byRank = new TreeMap<>();
        for (JsonNode reply : replies) {
            String text = reply.path("text").asText().strip();
            boolean counts =
                    reply.path("rank").isInt()
                            && !reply.path("deleted").asBoolean()
                            && !text.isBlank()
                            && !answers.contains(text)
                            && answers.size() < MOST;
            if (counts) {
                byRank.computeIfAbsent(reply.path("rank").intValue(), _ -> new ArrayList<>())
                        .add(answers.size());
                answers.add(text);
            }
        }
        if (answers.size() > 1) {
            rankings.add(Judgement.ranking(prompt, answers, List.copyOf(byRank.values())));
        }
    }
}
