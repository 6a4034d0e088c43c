package io.thumbwheel.feedback.imports;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/// A row of a file, recognised by its fields.
///
/// | form | fields | becomes |
/// |---|---|---|
/// | feedback of this platform | `kind` and `completion_id` or `answers` | itself |
/// | HH-RLHF, TRL preference | `chosen`, `rejected`, perhaps `prompt` | pick |
/// | TRL unpaired preference | `prompt`, `completion`, `label` | thumb |
/// | LMArena votes | `conversation_a`, `conversation_b`, `winner` | pick |
/// | Open WebUI's feedback | `data.rating`, `snapshot.chat` | thumb, or pick among siblings |
/// | Open-Assistant trees | `prompt.replies` or `replies`, with `rank` | ranking at each question |
/// | Taskmaster rewards | `context`, `generation`, `reward` | thumb |
/// | Topical-Chat | `content` with `turn_rating` | rating of each reply |
final class ForeignRow {
    private ForeignRow() {}

    /// What the row says, in lines of `POST /v1/feedback`.
    ///
    /// @param unnamed whose opinion it is where the row does not say
    static List<ObjectNode> lines(JsonNode row, String unnamed) throws BadRowException {
        if (row instanceof ObjectNode own
                && own.has("kind")
                && (own.has("answers") || own.has("completion_id") || own.has("among"))) {
            return List.of(own);
        }
        List<Judgement> judgements = judgements(row);
        if (judgements.isEmpty()) {
            throw new BadRowException(RowProblem.NO_OPINION, "nobody judged an answer in it");
        }
        return judgements.stream().map(judgement -> judgement.line(unnamed)).toList();
    }

    private static List<Judgement> judgements(JsonNode row) throws BadRowException {
        if (row.hasNonNull("chosen") && row.hasNonNull("rejected")) {
            return List.of(Preferences.pair(row));
        }
        if (row.hasNonNull("prompt") && row.hasNonNull("completion") && row.has("label")) {
            return List.of(Preferences.unpaired(row));
        }
        if (row.has("conversation_a") && row.has("conversation_b")) {
            return List.of(Preferences.arena(row));
        }
        if (row.path("data").has("rating") && row.has("snapshot")) {
            return List.of(OpenWebUi.judgement(row));
        }
        if (row.path("prompt").has("replies") || row.has("replies")) {
            return AssistantTree.rankings(row.has("replies") ? row : row.path("prompt"));
        }
        if (row.has("generation") && row.has("reward")) {
            return List.of(Taskmaster.thumb(row));
        }
        if (row.path("content").path(0).has("turn_rating")) {
            return TopicalChat.ratings(row.path("content"));
        }
        List<String> fields = new ArrayList<>();
        row.fieldNames().forEachRemaining(fields::add);
        throw new BadRowException(RowProblem.UNKNOWN_SHAPE, "fields " + fields);
    }
}
