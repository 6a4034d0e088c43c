package io.thumbwheel.trainer.formats;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.event.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Lines of JSON, each recognised by its fields: HH-RLHF's `chosen` and `rejected` transcripts and
/// TRL's dataset types, plain and conversational (huggingface/trl, `dataset_formats.md`: preference
/// with explicit and implicit prompt, unpaired preference, prompt-completion, language modelling
/// with `messages`), its reward trainer's `margin`, and rankings, picks, ratings and known answers,
/// for which the field has no common form.
final class JsonLessons {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private JsonLessons() {}

    /// What the line teaches.
    static Lesson read(String line) throws BadRowException {
        JsonNode row;
        try {
            row = JSON.readTree(line);
        } catch (JsonProcessingException broken) {
            throw new BadRowException(
                    DataProblem.NOT_JSON,
                    broken.getOriginalMessage().lines().findFirst().orElse("").strip());
        }
        if (row.hasNonNull("chosen") && row.hasNonNull("rejected")) {
            return comparison(row);
        }
        if (row.hasNonNull("prompt") && row.hasNonNull("completions")) {
            return ranked(row);
        }
        if (row.hasNonNull("prompt") && row.hasNonNull("completion")) {
            return row.hasNonNull("label")
                    ? thumb(row)
                    : row.hasNonNull("rating") ? rating(row) : completed(row);
        }
        if (row.hasNonNull("messages")) {
            return conversation(Messages.read(row.path("messages")));
        }
        if (row.hasNonNull("prompt")) {
            return row.hasNonNull("answers") ? known(row) : question(prompt(row.path("prompt")));
        }
        List<String> fields = new ArrayList<>();
        row.fieldNames().forEachRemaining(fields::add);
        throw new BadRowException(DataProblem.UNKNOWN_SHAPE, "fields " + fields);
    }

    private static Lesson comparison(JsonNode row) throws BadRowException {
        JsonNode chosen = row.path("chosen");
        JsonNode rejected = row.path("rejected");
        boolean whole = chosen.size() > 1 && rejected.size() > 1; // lists of messages
        if (row.hasNonNull("prompt") && !whole) {
            return comparison(
                    prompt(row.path("prompt")), answer(chosen), answer(rejected), margin(row));
        }
        List<Message> liked = turns(chosen);
        List<Message> disliked = turns(rejected);
        List<Message> prompt = liked.subList(0, liked.size() - 1);
        if (!prompt.equals(disliked.subList(0, disliked.size() - 1))) {
            throw new BadRowException(
                    DataProblem.NO_COMMON_PROMPT,
                    "chosen and rejected differ before their last turn");
        }
        return comparison(prompt, answer(liked.getLast()), answer(disliked.getLast()), margin(row));
    }

    private static Lesson comparison(
            List<Message> prompt, String chosen, String rejected, double margin)
            throws BadRowException {
        requireUserLast(prompt);
        if (chosen.equals(rejected)) {
            throw new BadRowException(
                    DataProblem.SAME_ANSWERS, "%d characters".formatted(chosen.length()));
        }
        return new Lesson.Comparison(prompt, chosen, rejected, margin);
    }

    private static Lesson thumb(JsonNode row) throws BadRowException {
        if (!row.path("label").isBoolean()) {
            throw new BadRowException(
                    DataProblem.UNKNOWN_SHAPE, "label is true or false, got " + row.path("label"));
        }
        List<Message> prompt = prompt(row.path("prompt"));
        requireUserLast(prompt);
        return new Lesson.Thumb(
                prompt,
                answer(row.path("completion")),
                row.path("label").booleanValue(),
                row.path("rater").asText(""));
    }

    /// 0 where the row has none.
    private static double margin(JsonNode row) throws BadRowException {
        if (!row.hasNonNull("margin")) {
            return 0;
        }
        double margin = row.path("margin").isNumber() ? row.path("margin").doubleValue() : -1;
        if (!(margin >= 0 && Double.isFinite(margin))) {
            throw new BadRowException(
                    DataProblem.UNKNOWN_SHAPE,
                    "margin is a number of at least 0, got " + row.path("margin"));
        }
        return margin;
    }

    private static Lesson rating(JsonNode row) throws BadRowException {
        JsonNode value = row.path("rating");
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw new BadRowException(
                    DataProblem.UNKNOWN_SHAPE, "rating is a number, got " + value);
        }
        List<Message> prompt = prompt(row.path("prompt"));
        requireUserLast(prompt);
        return new Lesson.Rating(
                prompt,
                answer(row.path("completion")),
                value.doubleValue(),
                row.path("rater").asText(""));
    }

    /// Several completions, and either all their indices, the best first, or the best one's.
    private static Lesson ranked(JsonNode row) throws BadRowException {
        List<Message> prompt = prompt(row.path("prompt"));
        requireUserLast(prompt);
        List<String> answers = new ArrayList<>();
        for (JsonNode completion : row.path("completions")) {
            answers.add(answer(completion));
        }
        if (Set.copyOf(answers).size() < Math.max(2, answers.size())) {
            throw new BadRowException(
                    answers.size() < 2 ? DataProblem.NO_COMPARISON : DataProblem.SAME_ANSWERS,
                    "%d completions, %d different ones"
                            .formatted(answers.size(), Set.copyOf(answers).size()));
        }
        if (row.hasNonNull("ranking")) {
            List<String> ordered = new ArrayList<>();
            for (JsonNode index : row.path("ranking")) {
                ordered.add(answers.get(index(index, answers.size())));
            }
            if (ordered.size() != answers.size() || Set.copyOf(ordered).size() < ordered.size()) {
                throw new BadRowException(
                        DataProblem.UNKNOWN_SHAPE,
                        "ranking names each of the %d completions once, got %s"
                                .formatted(answers.size(), row.path("ranking")));
            }
            return new Lesson.Ranking(prompt, ordered);
        }
        return new Lesson.Pick(prompt, answers, index(row.path("best"), answers.size()));
    }

    private static int index(JsonNode node, int size) throws BadRowException {
        if (!node.isInt() || node.intValue() < 0 || node.intValue() >= size) {
            throw new BadRowException(
                    DataProblem.UNKNOWN_SHAPE,
                    "ranking and best name completions by index, 0 to %d, got '%s'"
                            .formatted(size - 1, node));
        }
        return node.intValue();
    }

    private static Lesson completed(JsonNode row) throws BadRowException {
        List<Message> messages = new ArrayList<>(prompt(row.path("prompt")));
        requireUserLast(messages);
        messages.add(new Message("assistant", answer(row.path("completion"))));
        return conversation(messages);
    }

    private static Lesson conversation(List<Message> messages) throws BadRowException {
        if (messages.stream().noneMatch(message -> message.role().equals("assistant"))) {
            return question(messages);
        }
        for (Message message : messages) {
            if (message.role().equals("assistant")) {
                answer(message);
            }
        }
        return new Lesson.Conversation(messages);
    }

    private static Lesson known(JsonNode row) throws BadRowException {
        List<Message> prompt = prompt(row.path("prompt"));
        requireUserLast(prompt);
        List<String> accepted = new ArrayList<>();
        for (JsonNode answer : row.path("answers")) {
            accepted.add(answer(answer));
        }
        if (accepted.isEmpty()) {
            throw new BadRowException(
                    DataProblem.UNKNOWN_SHAPE,
                    "answers lists at least one right answer, got " + row.path("answers"));
        }
        return new Lesson.KnownAnswer(prompt, accepted);
    }

    private static Lesson question(List<Message> prompt) throws BadRowException {
        requireUserLast(prompt);
        return new Lesson.Question(prompt);
    }

    /// A text of the user, a transcript that waits for the assistant, or a list of messages.
    private static List<Message> prompt(JsonNode node) throws BadRowException {
        if (!node.isTextual()) {
            return Messages.read(node);
        }
        String text = node.textValue();
        if (!Transcript.is(text)) {
            return List.of(new Message("user", text));
        }
        List<Message> turns = Transcript.turns(text);
        boolean waits = turns.getLast().equals(new Message("assistant", ""));
        return waits ? turns.subList(0, turns.size() - 1) : turns;
    }

    /// A whole conversation: a transcript or a list of messages.
    private static List<Message> turns(JsonNode node) throws BadRowException {
        if (!node.isTextual()) {
            return Messages.read(node);
        }
        if (!Transcript.is(node.textValue())) {
            throw new BadRowException(
                    DataProblem.UNKNOWN_SHAPE,
                    "without a prompt, chosen and rejected are transcripts or lists of messages");
        }
        return Transcript.turns(node.textValue());
    }

    /// A text or a list of one message of the assistant.
    private static String answer(JsonNode node) throws BadRowException {
        if (node.isTextual()) {
            return answer(new Message("assistant", node.textValue()));
        }
        List<Message> messages = Messages.read(node);
        if (messages.size() != 1) {
            throw new BadRowException(
                    DataProblem.UNKNOWN_SHAPE, "an answer is one message, not " + messages.size());
        }
        return answer(messages.getFirst());
    }

    private static String answer(Message message) throws BadRowException {
        if (!message.role().equals("assistant")) {
            throw new BadRowException(
                    DataProblem.ROLES,
                    "an answer is the assistant's, not %s's".formatted(message.role()));
        }
        if (message.content().isBlank()) {
            throw new BadRowException(DataProblem.EMPTY_ANSWER, "the assistant says nothing");
        }
        return message.content().strip();
    }

    private static void requireUserLast(List<Message> prompt) throws BadRowException {
        if (prompt.isEmpty() || !prompt.getLast().role().equals("user")) {
            throw new BadRowException(
                    DataProblem.ROLES,
                    prompt.isEmpty()
                            ? "nothing before the answer"
                            : "an answer follows the user's turn, not %s's"
                                    .formatted(prompt.getLast().role()));
        }
    }
}
