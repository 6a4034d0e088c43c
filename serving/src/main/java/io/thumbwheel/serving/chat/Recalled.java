package io.thumbwheel.serving.chat;

import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.serving.conversation.History;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What a request goes on from, where serving keeps its conversation's history.
///
/// @param available whether Redis could be asked
/// @param messages the prompt's: system message, turns, and what the request adds
/// @param used turns among them
/// @param dropped older turns that are not among them
/// @param system the system message in force, or null
/// @param asked what the request adds, without a system message at its head
record Recalled(
        boolean available,
        List<Message> messages,
        int used,
        int dropped,
        @Nullable String system,
        List<Message> asked) {
    Recalled {
        messages = List.copyOf(messages);
        asked = List.copyOf(asked);
    }

    /// Puts the turns of a history before a request's messages: as many of the latest as fit, and
    /// none in part. A system message at the request's head takes the place of the earlier one.
    /// What the request itself says always stays.
    ///
    /// @param history null where it could not be read
    /// @param request its messages
    /// @param fits whether a prompt of such messages leaves the room that it should; if it holds
    ///   for some messages, it holds for the later ones of them
    static Recalled of(
            @Nullable History history, List<Message> request, Predicate<List<Message>> fits) {
        boolean own = request.getFirst().role().equals("system");
        List<Message> asked = own ? request.subList(1, request.size()) : request;
        if (history == null) {
            return new Recalled(
                    false, request, 0, 0, own ? request.getFirst().content() : null, asked);
        }
        String system = own ? request.getFirst().content() : history.system();
        // By halves, but first without dropping any, which is the usual case.
        int least = 0;
        int most = history.turns().size();
        int dropped = 0;
        while (least < most) {
            if (fits.test(join(system, history.messages(dropped), asked))) {
                most = dropped;
            } else {
                least = dropped + 1;
            }
            dropped = (least + most) / 2;
        }
        return new Recalled(
                true,
                join(system, history.messages(dropped), asked),
                history.turns().size() - dropped,
                history.forgotten() + dropped,
                system,
                asked);
    }

    private static List<Message> join(
            @Nullable String system, List<Message> before, List<Message> asked) {
        List<Message> all = new ArrayList<>();
        if (system != null) {
            all.add(new Message("system", system));
        }
        all.addAll(before);
        all.addAll(asked);
        return all;
    }
}
