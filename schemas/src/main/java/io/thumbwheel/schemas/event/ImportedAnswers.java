package io.thumbwheel.schemas.event;

import java.util.List;

/// Answers of other models or of people that feedback is about, and what they answer. They come
/// with the feedback, because no completion tells of them.
///
/// @param prompt the conversation up to where the assistant answers
/// @param answers the texts, by choice index
public record ImportedAnswers(List<Message> prompt, List<String> answers) {
    public ImportedAnswers {
        prompt = List.copyOf(prompt);
        answers = List.copyOf(answers);
        if (prompt.isEmpty() || answers.isEmpty()) {
            throw new IllegalArgumentException(
                    "an import needs a prompt and an answer, got %d messages and %d answers"
                            .formatted(prompt.size(), answers.size()));
        }
    }
}
