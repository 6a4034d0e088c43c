package io.thumbwheel.feedback.imports;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.Message;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;

/// What a row says: an opinion about answers to a prompt, in the form of `POST /v1/feedback`.
final class Judgement {
    /// How many people there are where rows do not name any.
    static final int UNNAMED = 4_096;

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final ObjectNode line = MAPPER.createObjectNode();

    private Judgement(String kind, List<Message> prompt, List<String> answers)
            throws BadRowException {
        requireUserLast(prompt);
        line.put("kind", kind).put("consent", true);
        line.set("prompt", MAPPER.valueToTree(prompt));
        line.set("answers", MAPPER.valueToTree(answers));
        for (String answer : answers) {
            if (answer.isBlank()) {
                throw new BadRowException(RowProblem.EMPTY_ANSWER, "the assistant says nothing");
            }
        }
        if (new HashSet<>(answers).size() < answers.size()) {
            throw new BadRowException(
                    RowProblem.SAME_ANSWERS, answers.size() + " answers, not all different");
        }
    }

    static Judgement thumb(List<Message> prompt, String answer, boolean up) throws BadRowException {
        Judgement thumb = new Judgement("thumb", prompt, List.of(answer));
        thumb.line.put("value", up ? "up" : "down");
        return thumb;
    }

    /// @param value 1 to 7
    static Judgement rating(List<Message> prompt, String answer, int value) throws BadRowException {
        Judgement rating = new Judgement("rating", prompt, List.of(answer));
        rating.line.put("value", value);
        return rating;
    }

    static Judgement pick(List<Message> prompt, List<String> answers, int chosen)
            throws BadRowException {
        Judgement pick = new Judgement("pick", prompt, answers);
        pick.line.put("chosen", chosen);
        return pick;
    }

    /// @param verdict `tie` or `both_bad`
    static Judgement undecided(List<Message> prompt, List<String> answers, String verdict)
            throws BadRowException {
        Judgement pick = new Judgement("pick", prompt, answers);
        pick.line.put("chosen", verdict);
        return pick;
    }

    /// @param order indices of answers, best first; those of one group are tied
    static Judgement ranking(List<Message> prompt, List<String> answers, List<List<Integer>> order)
            throws BadRowException {
        Judgement ranking = new Judgement("ranking", prompt, answers);
        ranking.line.set("order", MAPPER.valueToTree(order));
        return ranking;
    }

    /// Whose opinion it is, where the row says so.
    Judgement by(String rater) {
        if (!rater.isBlank()) {
            line.putObject("rater").put("id", rater.length() > 256 ? digest(rater) : rater);
        }
        return this;
    }

    Judgement because(List<String> reasons, String comment) {
        line.set("reasons", MAPPER.valueToTree(reasons));
        if (!comment.isBlank()) {
            line.put("comment", comment.length() > 4_096 ? comment.substring(0, 4_096) : comment);
        }
        return this;
    }

    /// The line, once however often it is imported: its id is a digest of all that it says.
    ///
    /// Where a row does not say whose opinion it is, those about conversations that begin alike are
    /// one person's, [#UNNAMED] people in all: splits go by person, and all rows of one would land
    /// in one part.
    ///
    /// @param unnamed what those people are called
    ObjectNode line(String unnamed) {
        if (!line.has("rater")) {
            String opening = line.path("prompt").path(0).path("content").asText();
            line.putObject("rater").put("id", unnamed + "-" + digest(opening).substring(0, 3));
        }
        return line.put("id", "import-" + digest(line.toString()));
    }

    private static String digest(String text) {
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static void requireUserLast(List<Message> prompt) throws BadRowException {
        if (prompt.isEmpty() || prompt.getLast().role().equals("assistant")) {
            throw new BadRowException(
                    RowProblem.ROLES,
                    prompt.isEmpty()
                            ? "nothing before the answer"
                            : "two turns of the assistant in a row");
        }
    }
}
