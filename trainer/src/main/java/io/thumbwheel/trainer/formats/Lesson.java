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

    /// What a user asks, and what is right to say.
    ///
    /// @param prompt ends with the user's turn
    /// @param accepted right answers, each in words of its own; at least one
    record KnownAnswer(List<Message> prompt, List<String> accepted) implements Lesson {
        public KnownAnswer {
            prompt = List.copyOf(prompt);
            accepted = List.copyOf(accepted);
        }
    }

    /// One answer was liked more than another.
    ///
    /// @param prompt the conversation before the answers; ends with the user's turn
    /// @param margin strength of the preference, in log-odds; 0 where unknown
    record Comparison(List<Message> prompt, String chosen, String rejected, double margin)
            implements Lesson {
        public Comparison {
            prompt = List.copyOf(prompt);
        }

        /// A comparison of unknown strength.
        public Comparison(List<Message> prompt, String chosen, String rejected) {
            this(prompt, chosen, rejected, 0);
        }
    }

    /// Several answers were put in order.
    ///
    /// @param prompt the conversation before the answers; ends with the user's turn
    /// @param answers the best first
    record Ranking(List<Message> prompt, List<String> answers) implements Lesson {
        public Ranking {
            prompt = List.copyOf(prompt);
            answers = List.copyOf(answers);
        }
    }

    /// One of several answers was picked.
    ///
    /// @param prompt the conversation before the answers; ends with the user's turn
    /// @param best its index
    record Pick(List<Message> prompt, List<String> answers, int best) implements Lesson {
        public Pick {
            prompt = List.copyOf(prompt);
            answers = List.copyOf(answers);
        }
    }

    /// One answer was rated on some scale.
    ///
    /// @param prompt the conversation before the answer; ends with the user's turn
    /// @param rater who; empty where unknown
    record Rating(List<Message> prompt, String answer, double value, String rater)
            implements Lesson {
        public Rating {
            prompt = List.copyOf(prompt);
        }
    }

    /// One answer was liked or not.
    ///
    /// @param prompt the conversation before the answer; ends with the user's turn
    /// @param rater who; empty where unknown
    record Thumb(List<Message> prompt, String answer, boolean up, String rater) implements Lesson {
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
