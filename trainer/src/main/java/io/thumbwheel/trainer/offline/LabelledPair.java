package io.thumbwheel.trainer.offline;

import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.trainer.formats.Lesson;
import io.thumbwheel.trainer.reward.Pair;
import java.nio.file.Path;
import java.util.List;

/// A comparison as text and as ids, the chosen answer first.
///
/// @param file where it was read
/// @param pair its rater is the first prompt: who wrote an answer to it is not known, and what must
///   not be seen both in training and in judging is the prompt
record LabelledPair(Path file, Lesson.Comparison text, Pair pair) {

    /// What the user says first: comparisons with the same one stay together.
    static String firstPrompt(List<Message> prompt) {
        return prompt.stream()
                .filter(message -> message.role().equals("user"))
                .findFirst()
                .map(message -> message.content().strip())
                .orElse("");
    }

    /// What the user says first.
    String firstPrompt() {
        return pair.rater();
    }

    /// Tokens of the chosen answer, EOS included.
    int chosenLength() {
        return pair.aIds().size();
    }

    /// Tokens of the rejected answer, EOS included.
    int rejectedLength() {
        return pair.bIds().size();
    }
}
