package io.thumbwheel.feedback.imports;

import com.fasterxml.jackson.databind.JsonNode;
import io.thumbwheel.schemas.event.Message;
import java.util.List;

/// Pairs and thumbs of data sets: HH-RLHF's transcripts, TRL's dataset types (huggingface/trl,
/// `dataset_formats.md`), LMArena's votes.
final class Preferences {
    private Preferences() {}

    /// `chosen` over `rejected`, with the prompt apart or in both.
    static Judgement pair(JsonNode row) throws BadRowException {
        JsonNode chosen = row.path("chosen");
        JsonNode rejected = row.path("rejected");
        boolean whole = chosen.size() > 1 && rejected.size() > 1;
        if (row.hasNonNull("prompt") && !whole) {
            return Judgement.pick(
                            Turns.prompt(row.path("prompt")),
                            List.of(Turns.answer(chosen), Turns.answer(rejected)),
                            0)
                    .by(row.path("rater").asText(""));
        }
        return conversations(Turns.of(chosen), Turns.of(rejected), 0)
                .by(row.path("rater").asText(""));
    }

    static Judgement unpaired(JsonNode row) throws BadRowException {
        if (!row.path("label").isBoolean()) {
            throw new BadRowException(
                    RowProblem.UNKNOWN_SHAPE, "label is true or false, got " + row.path("label"));
        }
        return Judgement.thumb(
                        Turns.prompt(row.path("prompt")),
                        Turns.answer(row.path("completion")),
                        row.path("label").booleanValue())
                .by(row.path("rater").asText(""));
    }

    static Judgement arena(JsonNode row) throws BadRowException {
        List<Message> a = Turns.of(row.path("conversation_a"));
        List<Message> b = Turns.of(row.path("conversation_b"));
        String judge = row.path("judge").asText(row.path("judge_hash").asText(""));
        String winner = row.path("winner").asText();
        return switch (winner) {
            case "model_a" -> conversations(a, b, 0).by(judge);
            case "model_b" -> conversations(a, b, 1).by(judge);
            case "tie", "tie (bothbad)", "both_bad" ->
                    Judgement.undecided(
                                    prompt(a, b),
                                    List.of(last(a), last(b)),
                                    winner.equals("tie") ? "tie" : "both_bad")
                            .by(judge);
            default ->
                    throw new BadRowException(
                            RowProblem.UNKNOWN_SHAPE,
                            "winner is model_a, model_b, tie or tie (bothbad), got '%s'"
                                    .formatted(winner));
        };
    }

    private static Judgement conversations(List<Message> a, List<Message> b, int chosen)
            throws BadRowException {
        return Judgement.pick(prompt(a, b), List.of(last(a), last(b)), chosen);
    }

    private static List<Message> prompt(List<Message> a, List<Message> b) throws BadRowException {
        if (a.size() < 2 || !a.subList(0, a.size() - 1).equals(b.subList(0, b.size() - 1))) {
            throw new BadRowException(
                    RowProblem.NO_COMMON_PROMPT, "the two differ before their last turn");
        }
        return a.subList(0, a.size() - 1);
    }

    private static String last(List<Message> turns) throws BadRowException {
        if (!turns.getLast().role().equals("assistant")) {
            throw new BadRowException(RowProblem.ROLES, "the last turn is not the assistant's");
        }
        return turns.getLast().content().strip();
    }
}
