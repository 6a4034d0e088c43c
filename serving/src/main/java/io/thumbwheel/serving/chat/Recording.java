package io.thumbwheel.serving.chat;

import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.serving.chat.AnswerTrace.Sending;
import io.thumbwheel.serving.conversation.Conversations;
import io.thumbwheel.serving.conversation.Turn;
import io.thumbwheel.serving.journal.Journal;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Where an answer goes before its end is told: into the journal, and then into the history of its
/// conversation, where serving keeps that.
@Singleton
final class Recording {
    private final Journal journal;
    private final Conversations conversations;

    Recording(Journal journal, Conversations conversations) {
        this.journal = journal;
        this.conversations = conversations;
    }

    /// Records an answer.
    ///
    /// @param sending the span of it
    /// @return whether its conversation's history has it; exceptionally where the journal has not
    CompletionStage<Boolean> of(Prompt prompt, CompletionServed served, Sending sending) {
        return journal.record(served, sending.headers())
                .whenComplete((_, _) -> sending.end())
                .thenCompose(_ -> remember(prompt, served));
    }

    /// Choice 0 goes on; an answer whose reader left before its end is none.
    private CompletableFuture<Boolean> remember(Prompt prompt, CompletionServed served) {
        Recalled recalled = prompt.recalled();
        if (recalled == null
                || served.choices().stream()
                        .anyMatch(choice -> choice.finishReason() == FinishReason.CANCELLED)) {
            return CompletableFuture.completedFuture(false);
        }
        return conversations.add(
                prompt.caller(),
                prompt.conversation(),
                new Turn(
                        served.id().toString(),
                        recalled.system(),
                        recalled.asked(),
                        served.choices().getFirst().text()));
    }
}
