package io.thumbwheel.trainer.data;

import io.thumbwheel.schemas.event.Message;
import java.util.List;
import java.util.function.UnaryOperator;

/// One document of a training stream.
public sealed interface Document {
    /// Where the text comes from, as a short name.
    String source();

    /// Plain text.
    record Text(String text, String source) implements Document {}

    /// A conversation in which a user speaks first and an assistant last.
    record Conversation(List<Message> messages, String source) implements Document {
        public Conversation {
            messages = List.copyOf(messages);
            if (messages.isEmpty() || !messages.getLast().role().equals("assistant")) {
                throw new IllegalArgumentException("a conversation ends with the assistant's turn");
            }
        }

        static Conversation of(String prompt, String answer, String source) {
            return new Conversation(
                    List.of(new Message("user", prompt), new Message("assistant", answer)), source);
        }
    }

    /// The same document with every text changed.
    default Document map(UnaryOperator<String> change) {
        return switch (this) {
            case Text(var text, var source) -> new Text(change.apply(text), source);
            case Conversation(var messages, var source) ->
                    new Conversation(
                            messages.stream()
                                    .map(m -> new Message(m.role(), change.apply(m.content())))
                                    .toList(),
                            source);
        };
    }

    /// All the text, for counting.
    default List<String> texts() {
        return switch (this) {
            case Text(var text, var _) -> List.of(text);
            case Conversation(var messages, var _) ->
                    messages.stream().map(Message::content).toList();
        };
    }
}
