package io.thumbwheel.trainer.formats;

import io.thumbwheel.schemas.event.Message;
import java.util.List;

/// What one row of training data teaches, whatever format it came in.
public sealed interface Lesson {

    /// What a user asks, and no answer.
    ///
    /// @param prompt ends with the user's turn
    record Question(List<Message> prompt) implements Lesson {
        public Question {
            prompt = List.copyOf(prompt);
        }
    }

    /// One answer was liked more than another.
    ///
    /// @param prompt the conversation before the answers; ends with the user's turn
    record Comparison(List<Message> prompt, String chosen, String rejected) implements Lesson {
        public Comparison {
            prompt = List.copyOf(prompt);
        }
    }

    /// One answer was liked or not.
    ///
    /// @param prompt the conversation before the answer; ends with the user's turn
    record Thumb(List<Message> prompt, String answer, boolean up) implements Lesson {
        public Thumb {
            prompt = List.copyOf(prompt);
        }
    }

    /// What the assistant should say.
    ///
    /// @param messages with at least one turn of the assistant
    record Conversation(List<Message> messages) implements Lesson {
        public Conversation {
            messages = List.copyOf(messages);
        }
    }
}
