package io.thumbwheel.feedback.trust;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.feedback.trust.Statement.Seen;
import io.thumbwheel.schemas.event.ChoiceRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Questions whose answer the operator knows. A line of the file is one:
///
/// ```
/// {"better": "chatcmpl-…#0", "worse": "chatcmpl-…#1"}
/// {"answer": "chatcmpl-…#0", "good": true}
/// ```
///
/// @param questions in the order of the file
public record Gold(List<Question> questions) {
    /// None.
    public static final Gold NONE = new Gold(List.of());

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    public Gold {
        questions = List.copyOf(questions);
    }

    /// One, of either kind.
    public record Question(
            @Nullable ChoiceRef better,
            @Nullable ChoiceRef worse,
            @Nullable ChoiceRef answer,
            @Nullable Boolean good) {
        public Question {
            boolean compares = better != null && worse != null && answer == null && good == null;
            boolean judges = answer != null && good != null && better == null && worse == null;
            if (!compares && !judges) {
                throw new IllegalArgumentException(
                        "a gold question has better and worse, or answer and good");
            }
        }
    }

    /// Reads lines; empty ones are skipped.
    ///
    /// @throws IllegalArgumentException naming the line that is none
    public static Gold parse(List<String> lines) {
        List<Question> questions = new ArrayList<>();
        for (int line = 0; line < lines.size(); line++) {
            if (!lines.get(line).isBlank()) {
                try {
                    questions.add(MAPPER.readValue(lines.get(line), Question.class));
                } catch (JsonProcessingException e) {
                    throw new IllegalArgumentException(
                            "line %d of the gold questions is none: %s"
                                    .formatted(line + 1, e.getOriginalMessage()),
                            e);
                }
            }
        }
        return new Gold(questions);
    }

    /// What is known, by digest of what was asked, as far as the window holds the answers.
    public Map<Long, Boolean> known(Window window) {
        Map<Long, Boolean> known = new HashMap<>();
        for (Question question : questions) {
            Optional<Seen> better = seen(window, question.better());
            Optional<Seen> worse = seen(window, question.worse());
            if (better.isPresent() && worse.isPresent()) {
                known.put(
                        Vote.comparison(better.get(), worse.get()),
                        Vote.isFirst(better.get(), worse.get()));
            }
            Boolean good = question.good();
            seen(window, question.answer())
                    .filter(_ -> good != null)
                    .ifPresent(
                            answer -> known.put(Vote.judgement(answer), Boolean.TRUE.equals(good)));
        }
        return known;
    }

    /// What is known of a comparison whose answers are at hand.
    public static Map.Entry<Long, Boolean> comparison(Seen better, Seen worse) {
        return Map.entry(Vote.comparison(better, worse), Vote.isFirst(better, worse));
    }

    private static Optional<Seen> seen(Window window, @Nullable ChoiceRef ref) {
        return ref == null ? Optional.empty() : window.answer(ref);
    }
}
