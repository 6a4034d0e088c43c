package io.thumbwheel.serving.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import io.thumbwheel.schemas.text.Tokenizer;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.chat.CompletionRequest.Input;
import io.thumbwheel.serving.release.Lease;
import io.thumbwheel.serving.release.ReleaseRouter;
import io.thumbwheel.serving.release.Resident;
import io.thumbwheel.serving.web.Api;
import io.thumbwheel.serving.web.ApiException;
import io.thumbwheel.serving.web.ErrorForm;
import io.thumbwheel.serving.web.Exchange;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// `POST /tokenize` and `POST /detokenize`, with vLLM's field names: what a prompt comes to for the
/// release that would answer it.
@Singleton
final class TokenRoutes {
    private final Api api;
    private final ReleaseRouter router;
    private final int maxMessages;

    TokenRoutes(Api api, ReleaseRouter router, ServingConfig config) {
        this.api = api;
        this.router = router;
        this.maxMessages = config.limits().messages();
    }

    void register(@Observes Router routes) {
        api.post(routes, "/tokenize", Role.CHAT, ErrorForm.OPENAI, this::tokenize);
        api.post(routes, "/detokenize", Role.CHAT, ErrorForm.OPENAI, this::detokenize);
    }

    private void tokenize(Exchange exchange) {
        JsonFields fields = new JsonFields(exchange.json());
        fields.refuseUnknown(Set.of("model", "prompt", "messages", "return_token_strs"));
        boolean texts = fields.flag("return_token_strs");
        Input input = input(fields);
        try (Lease lease = lease(fields)) {
            Resident release = lease.release();
            List<Integer> ids = PromptMaker.tokenise(input, release);
            ObjectNode body =
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("count", ids.size())
                            .put("max_model_len", release.context());
            ids.forEach(body.putArray("tokens")::add);
            if (texts) {
                Tokenizer tokenizer = release.template().tokenizer();
                ArrayNode strings = body.putArray("token_strs");
                ids.forEach(
                        id -> strings.add(new String(tokenizer.bytes(id), StandardCharsets.UTF_8)));
            } else {
                body.putNull("token_strs");
            }
            exchange.reply(200, body);
        }
    }

    private Input input(JsonFields fields) {
        JsonNode prompt = fields.get("prompt");
        if (prompt == null) {
            return new Input.Chat(MessagesReader.read(fields, maxMessages));
        }
        if (fields.get("messages") != null || !prompt.isTextual()) {
            throw ApiException.badRequest(
                    "invalid_value", "prompt", "prompt must be a text, and messages left out then");
        }
        return new Input.Text(prompt.textValue());
    }

    private void detokenize(Exchange exchange) {
        JsonFields fields = new JsonFields(exchange.json());
        fields.refuseUnknown(Set.of("model", "tokens"));
        List<Integer> ids = fields.tokenIds("tokens");
        try (Lease lease = lease(fields)) {
            exchange.reply(
                    200,
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("prompt", lease.release().template().tokenizer().decode(ids)));
        }
    }

    private Lease lease(JsonFields fields) {
        String model = fields.text("model", RequestReader.MAX_NAME_CHARS, ReleaseRouter.POLICY);
        return router.lease(model, UUID.randomUUID().toString());
    }
}
