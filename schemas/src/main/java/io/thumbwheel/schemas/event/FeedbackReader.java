package io.thumbwheel.schemas.event;

import com.fasterxml.jackson.databind.JsonNode;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion.Pick.Verdict;
import io.thumbwheel.schemas.event.FeedbackRefusedException.Reason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Reads one feedback request field by field, so that a refusal names the field.
final class FeedbackReader {
    private static final int MAX_NAME_CHARS = 256;
    private static final int MAX_COMMENT_CHARS = 4_096;
    private static final int MAX_TEXT_CHARS = 32_768;
    private static final int MAX_REASONS = 16;
    private static final int MAX_RANKED = 9;

    private final JsonNode body;
    private final SigningKey signing;

    FeedbackReader(JsonNode body, SigningKey signing) {
        this.body = body;
        this.signing = signing;
    }

    FeedbackRequest read() throws FeedbackRefusedException {
        String kind = text("kind", MAX_NAME_CHARS);
        CompletionId completion = completion();
        Opinion opinion =
                switch (kind) {
                    case "thumb" -> thumb(completion);
                    case "rating" -> rating(completion);
                    case "pick" -> pick(completion);
                    case "ranking" -> ranking(completion);
                    case "correction" ->
                            new Opinion.Correction(
                                    choice(completion), text("text", MAX_TEXT_CHARS));
                    case "demonstration" -> new Opinion.Demonstration(text("text", MAX_TEXT_CHARS));
                    case "critique" ->
                            new Opinion.Critique(choice(completion), text("text", MAX_TEXT_CHARS));
                    case "retraction" -> retraction();
                    default ->
                            throw malformed(
                                    "kind",
                                    "must be thumb, rating, pick, ranking, correction,"
                                            + " demonstration, critique or retraction, got '"
                                            + kind
                                            + "'");
                };
        return new FeedbackRequest(
                optionalText("id", MAX_NAME_CHARS), completion, opinion, person(), consent());
    }

    /// `completion_id`; where answers are named by `among` alone, the first one's.
    private CompletionId completion() throws FeedbackRefusedException {
        if (!body.has("completion_id") && body.path("among").path(0).isTextual()) {
            return ref(body.path("among").path(0).textValue()).completion();
        }
        return genuine("completion_id", text("completion_id", MAX_NAME_CHARS));
    }

    private CompletionId genuine(String field, String text) throws FeedbackRefusedException {
        CompletionId id;
        try {
            id = CompletionId.parse(text);
        } catch (IllegalArgumentException e) {
            throw new FeedbackRefusedException(
                    Reason.FORGED, field, "no completion has this id: " + e.getMessage());
        }
        if (!id.signedBy(signing)) {
            throw new FeedbackRefusedException(
                    Reason.FORGED, field, "this platform never gave the completion id " + text);
        }
        return id;
    }

    private Opinion thumb(CompletionId completion) throws FeedbackRefusedException {
        String value = text("value", MAX_NAME_CHARS);
        if (!value.equals("up") && !value.equals("down")) {
            throw malformed("value", "a thumb is \"up\" or \"down\", got '" + value + "'");
        }
        return new Opinion.Thumb(
                choice(completion),
                value.equals("up"),
                reasons(),
                optionalText("comment", MAX_COMMENT_CHARS));
    }

    private List<String> reasons() throws FeedbackRefusedException {
        List<String> reasons = new ArrayList<>();
        for (JsonNode reason : array("reasons")) {
            if (!reason.isTextual() || reason.textValue().length() > MAX_NAME_CHARS) {
                throw malformed("reasons", "must be short texts, got " + reason);
            }
            reasons.add(reason.textValue());
        }
        if (reasons.size() > MAX_REASONS) {
            throw malformed("reasons", "at most " + MAX_REASONS + ", got " + reasons.size());
        }
        return reasons;
    }

    private Opinion rating(CompletionId completion) throws FeedbackRefusedException {
        int value = integer("value", body.path("value"));
        if (value < 1 || value > 7) {
            throw unacceptable("value", "a rating must be between 1 and 7, got " + value);
        }
        return new Opinion.Rating(choice(completion), value);
    }

    private Opinion pick(CompletionId completion) throws FeedbackRefusedException {
        List<ChoiceRef> among = among(completion);
        List<Integer> shown = shown(among.size());
        JsonNode chosen = body.path("chosen");
        if (chosen.isTextual() && chosen.textValue().equals("tie")) {
            return new Opinion.Pick(among, shown, Verdict.TIE, -1);
        }
        if (chosen.isTextual() && chosen.textValue().equals("both_bad")) {
            return new Opinion.Pick(among, shown, Verdict.BOTH_BAD, -1);
        }
        if (!chosen.isInt()) {
            throw malformed(
                    "chosen",
                    "must be the index of an answer, \"tie\" or \"both_bad\", got " + said(chosen));
        }
        int position = chosen.intValue();
        if (position < 0 || position >= among.size()) {
            throw unacceptable(
                    "chosen",
                    "there are answers 0 to %d, got %d".formatted(among.size() - 1, position));
        }
        return new Opinion.Pick(among, shown, Verdict.CHOSE, position);
    }

    private List<ChoiceRef> among(CompletionId completion) throws FeedbackRefusedException {
        List<ChoiceRef> among = new ArrayList<>();
        if (!body.hasNonNull("among")) {
            IntStream.range(0, completion.choices())
                    .forEach(index -> among.add(new ChoiceRef(completion, index)));
        }
        for (JsonNode name : array("among")) {
            if (!name.isTextual()) {
                throw malformed("among", "answers are named \"<completion id>#<choice>\"");
            }
            ChoiceRef ref = ref(name.textValue());
            if (!ref.completion().route().equals(completion.route())) {
                throw unacceptable(
                        "among",
                        "only answers of one conversation compare; " + ref + " is of another");
            }
            among.add(ref);
        }
        if (among.size() < 2 || among.size() > CompletionId.MAX_CHOICES) {
            throw unacceptable(
                    body.hasNonNull("among") ? "among" : "completion_id",
                    "a pick needs 2 to %d answers, got %d"
                            .formatted(CompletionId.MAX_CHOICES, among.size()));
        }
        if (Set.copyOf(among).size() < among.size()) {
            throw unacceptable("among", "an answer is named twice");
        }
        return among;
    }

    private ChoiceRef ref(String name) throws FeedbackRefusedException {
        int hash = name.lastIndexOf('#');
        if (hash < 0 || !name.substring(hash + 1).matches("\\d{1,2}")) {
            throw malformed(
                    "among", "an answer is named <completion id>#<choice>, got '" + name + "'");
        }
        return ref(
                "among",
                genuine("among", name.substring(0, hash)),
                Integer.parseInt(name.substring(hash + 1)));
    }

    private static ChoiceRef ref(String field, CompletionId completion, int index)
            throws FeedbackRefusedException {
        if (index < 0 || index >= completion.choices()) {
            throw unacceptable(
                    field,
                    "completion %s has choices 0 to %d, got %d"
                            .formatted(completion, completion.choices() - 1, index));
        }
        return new ChoiceRef(completion, index);
    }

    /// The order in which the answers were shown; empty where the sender does not say.
    private List<Integer> shown(int answers) throws FeedbackRefusedException {
        List<Integer> shown = new ArrayList<>();
        for (JsonNode position : array("shown")) {
            shown.add(integer("shown", position));
        }
        boolean everyOnce =
                shown.stream()
                        .sorted()
                        .toList()
                        .equals(IntStream.range(0, answers).boxed().toList());
        if (!shown.isEmpty() && !everyOnce) {
            throw unacceptable(
                    "shown",
                    "must name each of the answers 0 to %d once, got %s"
                            .formatted(answers - 1, shown));
        }
        return shown;
    }

    private Opinion ranking(CompletionId completion) throws FeedbackRefusedException {
        List<List<Integer>> order = new ArrayList<>();
        Set<Integer> ranked = new HashSet<>();
        for (JsonNode group : array("order")) {
            List<Integer> tied = new ArrayList<>();
            for (JsonNode choice : group.isArray() ? group : List.of(group)) {
                int index = ref("order", completion, integer("order", choice)).index();
                if (!ranked.add(index)) {
                    throw unacceptable("order", "choice " + index + " is ranked twice");
                }
                tied.add(index);
            }
            if (tied.isEmpty()) {
                throw malformed("order", "a group of tied answers must not be empty");
            }
            order.add(tied);
        }
        if (ranked.size() < 2 || ranked.size() > MAX_RANKED) {
            throw unacceptable(
                    "order",
                    "a ranking is of 2 to %d answers, got %d".formatted(MAX_RANKED, ranked.size()));
        }
        return new Opinion.Ranking(order);
    }

    private Opinion retraction() throws FeedbackRefusedException {
        String id = text("feedback_id", MAX_NAME_CHARS);
        try {
            return new Opinion.Retraction(UUID.fromString(id).toString());
        } catch (IllegalArgumentException _) {
            throw malformed(
                    "feedback_id", "must be the id that the feedback was answered with, got " + id);
        }
    }

    /// `choice`; may be left out where there is one.
    private ChoiceRef choice(CompletionId completion) throws FeedbackRefusedException {
        if (!body.hasNonNull("choice") && completion.choices() == 1) {
            return new ChoiceRef(completion, 0);
        }
        return ref("choice", completion, integer("choice", body.path("choice")));
    }

    private String person() throws FeedbackRefusedException {
        JsonNode rater = body.path("rater");
        if (rater.isMissingNode() || rater.isNull()) {
            return FeedbackRequest.ANONYMOUS;
        }
        JsonNode id = rater.path("id");
        if (!id.isTextual()
                || id.textValue().isBlank()
                || id.textValue().length() > MAX_NAME_CHARS) {
            throw malformed("rater", "must look like {\"id\":\"u1\"}, got " + rater);
        }
        return id.textValue();
    }

    private boolean consent() throws FeedbackRefusedException {
        JsonNode consent = body.path("consent");
        if (!consent.isMissingNode() && !consent.isBoolean()) {
            throw malformed("consent", "must be true or false, got " + consent);
        }
        return consent.booleanValue();
    }

    private String text(String field, int maxChars) throws FeedbackRefusedException {
        String text = optionalText(field, maxChars);
        if (text == null || text.isBlank()) {
            throw malformed(field, "is missing or empty");
        }
        return text;
    }

    private @Nullable String optionalText(String field, int maxChars)
            throws FeedbackRefusedException {
        JsonNode node = body.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (!node.isTextual()) {
            throw malformed(field, "must be a text, got " + node);
        }
        if (node.textValue().length() > maxChars) {
            throw malformed(
                    field,
                    "at most %d characters, got %d".formatted(maxChars, node.textValue().length()));
        }
        return node.textValue();
    }

    private Iterable<JsonNode> array(String field) throws FeedbackRefusedException {
        JsonNode node = body.path(field);
        if (!node.isMissingNode() && !node.isNull() && !node.isArray()) {
            throw malformed(field, "must be a list, got " + node);
        }
        return node;
    }

    private static int integer(String field, JsonNode node) throws FeedbackRefusedException {
        if (!node.isInt()) {
            throw malformed(field, "must be a whole number, got " + said(node));
        }
        return node.intValue();
    }

    private static String said(JsonNode node) {
        return node.isMissingNode() ? "nothing" : node.toString();
    }

    private static FeedbackRefusedException malformed(String field, String message) {
        return new FeedbackRefusedException(Reason.MALFORMED, field, message);
    }

    private static FeedbackRefusedException unacceptable(String field, String message) {
        return new FeedbackRefusedException(Reason.UNACCEPTABLE, field, message);
    }
}
