package io.thumbwheel.serving.conversation;

import io.thumbwheel.schemas.event.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What Redis keeps of a conversation.
///
/// @param turns the latest turns, oldest first
/// @param forgotten how many turns before them were let go because of `serving.conversations`
public record History(List<Turn> turns, int forgotten) {
    static final History EMPTY = new History(List.of(), 0);

    public History {
        turns = List.copyOf(turns);
    }

    /// The system message in force, or null.
    public @Nullable String system() {
        return turns.isEmpty() ? null : turns.getLast().system();
    }

    /// The messages of all turns but the oldest `dropped`, without the system message.
    public List<Message> messages(int dropped) {
        return turns.subList(dropped, turns.size()).stream()
                .flatMap(turn -> turn.messages().stream())
                .toList();
    }
}
