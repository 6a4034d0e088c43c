package io.thumbwheel.trainer.offline;

import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.trainer.reward.Opinion;
import java.nio.file.Path;
import java.util.List;

/// An opinion as ids and its answers as text.
///
/// @param file where it was read
/// @param firstPrompt what the user says first: what has it in common stays together
/// @param opinion its rater is the first prompt where people compared answers: who they were is not
///   known, and what must not be seen both in training and in judging is the prompt
/// @param texts of the opinion's answers, in order
record Labelled(Path file, String firstPrompt, Opinion opinion, List<String> texts) {
    Labelled {
        texts = List.copyOf(texts);
    }

    /// What the user says first in a conversation.
    static String firstPrompt(List<Message> prompt) {
        return prompt.stream()
                .filter(message -> message.role().equals("user"))
                .findFirst()
                .map(message -> message.content().strip())
                .orElse("");
    }
}
