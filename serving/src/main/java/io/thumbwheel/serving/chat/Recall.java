package io.thumbwheel.serving.chat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.conversation.Conversations;
import io.thumbwheel.serving.conversation.History;
import io.thumbwheel.serving.redis.RedisAwayException;
import io.thumbwheel.serving.release.Resident;
import jakarta.inject.Singleton;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Recalls what was said before in a conversation, as far as it leaves room for an answer.
@Singleton
final class Recall {
    private final Conversations conversations;
    private final int maxMessages;
    private final Counter unavailable;

    Recall(Conversations conversations, ServingConfig config, MeterRegistry metrics) {
        this.conversations = conversations;
        this.maxMessages = config.limits().messages();
        this.unavailable = metrics.counter("thumbwheel.conversations.unavailable");
    }

    /// The messages of a chat with the history before them. Room is left for as many tokens as the
    /// request asks for, or without a number for a quarter of the context.
    Recalled recall(
            String caller, String conversation, CompletionRequest request, Resident release) {
        int context = release.context();
        Integer asked = request.maxTokens();
        int room = asked == null ? context / 4 : asked;
        return Recalled.of(
                history(caller, conversation),
                request.messages(),
                messages -> fits(messages, release, context - room));
    }

    private boolean fits(List<Message> messages, Resident release, int tokens) {
        return messages.size() <= maxMessages
                && PromptMaker.tokenise(messages, release).size() <= tokens;
    }

    private @Nullable History history(String caller, String conversation) {
        try {
            return conversations.read(caller, conversation);
        } catch (RedisAwayException e) {
            unavailable.increment();
            return null;
        }
    }
}
