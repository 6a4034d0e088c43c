package io.thumbwheel.serving.conversation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.serving.redis.RedisAwayException;
import io.thumbwheel.serving.web.Api;
import io.thumbwheel.serving.web.ApiException;
import io.thumbwheel.serving.web.ErrorForm;
import io.thumbwheel.serving.web.Exchange;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;

/// `GET` and `DELETE /v1/conversations/{id}`: what is kept of a conversation, and to forget it. The
/// objects are those of OpenAI's path of that name.
@Singleton
final class ConversationRoutes {
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Api api;
    private final Conversations conversations;

    ConversationRoutes(Api api, Conversations conversations) {
        this.api = api;
        this.conversations = conversations;
    }

    void register(@Observes Router router) {
        api.get(router, "/v1/conversations/:id", Role.CHAT, ErrorForm.OPENAI, this::show);
        api.delete(router, "/v1/conversations/:id", Role.CHAT, ErrorForm.OPENAI, this::delete);
    }

    private void show(Exchange exchange) {
        String id = exchange.pathParam("id");
        try {
            History history = conversations.read(exchange.caller(), id);
            if (history.turns().isEmpty()) {
                throw unknown(id);
            }
            exchange.reply(200, describe(id, history));
        } catch (RedisAwayException e) {
            throw away(e);
        }
    }

    private void delete(Exchange exchange) {
        String id = exchange.pathParam("id");
        try {
            if (!conversations.delete(exchange.caller(), id)) {
                throw unknown(id);
            }
        } catch (RedisAwayException e) {
            throw away(e);
        }
        exchange.reply(
                200,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("id", id)
                        .put("object", "conversation.deleted")
                        .put("deleted", true));
    }

    /// Its messages can be sent as `messages` as they are.
    private static ObjectNode describe(String id, History history) {
        ObjectNode body =
                JsonNodeFactory.instance.objectNode().put("id", id).put("object", "conversation");
        body.put("turns", history.turns().size()).put("turns_forgotten", history.forgotten());
        ArrayNode messages = body.putArray("messages");
        if (history.system() != null) {
            messages.addObject().put("role", "system").put("content", history.system());
        }
        for (Turn turn : history.turns()) {
            for (Message message : turn.messages()) {
                messages.addObject().put("role", message.role()).put("content", message.content());
            }
        }
        ArrayNode completions = body.putArray("completions");
        history.turns().forEach(turn -> completions.add(turn.completion()));
        return body;
    }

    private static ApiException unknown(String id) {
        return ApiException.notFound(
                "conversation_not_found",
                "id",
                "nothing is kept of a conversation '%s' of this key: it has ended long ago, or was asked without \"conversation_history\":true"
                        .formatted(id));
    }

    private static ApiException away(RedisAwayException e) {
        return ApiException.unavailable("redis_away", RETRY, String.valueOf(e.getMessage()));
    }
}
