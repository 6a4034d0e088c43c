package io.thumbwheel.serving.chat;

import io.thumbwheel.schemas.event.ApiKeys.Role;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.release.Lease;
import io.thumbwheel.serving.release.ReleaseRouter;
import io.thumbwheel.serving.web.Api;
import io.thumbwheel.serving.web.ErrorForm;
import io.thumbwheel.serving.web.Exchange;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.UUID;

/// `POST /v1/chat/completions` and `POST /v1/completions`, as OpenAI documents them.
@Singleton
final class ChatRoutes {
    private final Api api;
    private final Admission admission;
    private final PromptMaker prompts;
    private final ReleaseRouter router;
    private final Answers answers;
    private final ServingConfig config;

    ChatRoutes(
            Api api,
            Admission admission,
            PromptMaker prompts,
            ReleaseRouter router,
            Answers answers,
            ServingConfig config) {
        this.api = api;
        this.admission = admission;
        this.prompts = prompts;
        this.router = router;
        this.answers = answers;
        this.config = config;
    }

    void register(@Observes Router routes) {
        answer(routes, "/v1/chat/completions", this::chat);
        answer(routes, "/v1/completions", this::text);
    }

    private void answer(Router routes, String path, Api.Call call) {
        api.post(routes, path, Set.of(Role.CHAT), ErrorForm.OPENAI, admission::open, call);
    }

    private void chat(Exchange exchange) {
        complete(exchange, reader(exchange).chat());
    }

    private void text(Exchange exchange) {
        complete(exchange, reader(exchange).text());
    }

    private RequestReader reader(Exchange exchange) {
        return new RequestReader(
                exchange.json(), config.limits().messages(), config.limits().stops());
    }

    private void complete(Exchange exchange, CompletionRequest request) {
        // 1. Whether there can be an answer, and who is to give it.
        admission.admit(exchange.caller(), request.choices());
        String conversation =
                request.conversation() == null
                        ? UUID.randomUUID().toString()
                        : request.conversation();
        Lease lease = router.lease(request.model(), conversation);

        // 2. The prompt, by the rules of the release that will answer.
        Prompt prompt;
        try {
            prompt = prompts.make(request, conversation, exchange.key(), lease.release());
        } catch (RuntimeException e) {
            lease.close();
            throw e;
        }

        // 3. The answer, told as it was asked for.
        answers.begin(prompt, lease, exchange);
    }
}
