package io.thumbwheel.feedback.intake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.FeedbackRefusedException;
import io.thumbwheel.schemas.event.FeedbackRefusedException.Reason;
import io.thumbwheel.schemas.event.ImportedAnswers;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.event.SigningKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A feedback on answers that this platform never served: fields `prompt` (a text, or messages) and
/// `answers` (texts) stand in place of `completion_id`. The same prompt and answers of a tenant are
/// the same completion, whoever judges them and however often they come.
///
/// @param id the completion that stands for the answers
/// @param answers what is judged
/// @param rest the feedback without them, about that completion
record ImportLine(CompletionId id, ImportedAnswers answers, byte[] rest) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final String PROMPT = "prompt";
    private static final String ANSWERS = "answers";
    private static final byte[] SIGN = "\"answers\"".getBytes(StandardCharsets.UTF_8);

    /// Reads a body; empty where it brings no answers.
    ///
    /// @throws FeedbackRefusedException naming the field at fault
    static Optional<ImportLine> read(byte[] body, ApiKey key, SigningKey signing)
            throws FeedbackRefusedException {
        if (!mentionsAnswers(body)
                || !(tree(body) instanceof ObjectNode line)
                || !line.has(ANSWERS)) {
            return Optional.empty();
        }
        if (!key.may(Role.LABELER)) {
            throw refused(
                    Reason.UNACCEPTABLE,
                    ANSWERS,
                    "key '%s' needs the role labeler or operator to bring answers that the platform never served"
                            .formatted(key.name()));
        }
        if (line.has("completion_id") || line.has("among")) {
            throw refused(
                    Reason.MALFORMED,
                    ANSWERS,
                    "give a completion_id or answers of your own, not both");
        }
        ImportedAnswers answers =
                new ImportedAnswers(prompt(line.path(PROMPT)), answers(line.path(ANSWERS)));
        try {
            String content = key.tenant() + "\n" + MAPPER.writeValueAsString(answers);
            CompletionId id = CompletionId.imported(content, answers.answers().size(), signing);
            line.remove(List.of(PROMPT, ANSWERS));
            line.put("completion_id", id.toString());
            return Optional.of(new ImportLine(id, answers, MAPPER.writeValueAsBytes(line)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what was read must be writable", e);
        }
    }

    /// Most feedback brings none, and need not be read twice.
    private static boolean mentionsAnswers(byte[] body) {
        for (int at = 0; at <= body.length - SIGN.length; at++) {
            int same = 0;
            while (same < SIGN.length && body[at + same] == SIGN[same]) {
                same++;
            }
            if (same == SIGN.length) {
                return true;
            }
        }
        return false;
    }

    /// What cannot be read is left to the reader of all feedback, which says why.
    private static JsonNode tree(byte[] body) {
        try {
            return MAPPER.readTree(body);
        } catch (IOException _) {
            return MAPPER.missingNode();
        }
    }

    private static List<Message> prompt(JsonNode prompt) throws FeedbackRefusedException {
        if (prompt.isTextual() && !prompt.textValue().isBlank()) {
            return List.of(new Message("user", prompt.textValue()));
        }
        List<Message> messages = new ArrayList<>();
        for (JsonNode message : prompt) {
            try {
                messages.add(
                        new Message(
                                message.path("role").asText(), message.path("content").asText()));
            } catch (IllegalArgumentException e) {
                throw refused(Reason.MALFORMED, PROMPT, String.valueOf(e.getMessage()));
            }
        }
        if (messages.isEmpty() || messages.getLast().role().equals("assistant")) {
            throw refused(
                    Reason.MALFORMED,
                    PROMPT,
                    "must be a text, or messages that end where the assistant answers");
        }
        return messages;
    }

    private static List<String> answers(JsonNode answers) throws FeedbackRefusedException {
        List<String> texts = new ArrayList<>();
        for (JsonNode answer : answers) {
            if (!answer.isTextual()) {
                throw refused(Reason.MALFORMED, ANSWERS, "must be texts, got " + answer);
            }
            texts.add(answer.textValue());
        }
        if (texts.isEmpty() || texts.size() > CompletionId.MAX_CHOICES) {
            throw refused(
                    Reason.UNACCEPTABLE,
                    ANSWERS,
                    "1 to %d answers, got %d".formatted(CompletionId.MAX_CHOICES, texts.size()));
        }
        return texts;
    }

    private static FeedbackRefusedException refused(Reason reason, String field, String message) {
        return new FeedbackRefusedException(reason, field, message);
    }
}
