package io.thumbwheel.serving.chat;

import io.thumbwheel.schemas.event.ApiKeys.Role;
import io.thumbwheel.serving.chat.AnswerListener.Piece;
import io.thumbwheel.serving.generation.TopTokens;
import io.thumbwheel.serving.release.Lease;
import io.thumbwheel.serving.release.ReleaseRouter;
import io.thumbwheel.serving.web.Api;
import io.thumbwheel.serving.web.ApiException;
import io.thumbwheel.serving.web.ErrorForm;
import io.thumbwheel.serving.web.Exchange;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;

/// A path that only tests have: its streams break after their first text, which a sound release
/// never does.
@Singleton
final class BrokenStream {
    private final Api api;
    private final ReleaseRouter router;
    private final PromptMaker prompts;

    BrokenStream(Api api, ReleaseRouter router, PromptMaker prompts) {
        this.api = api;
        this.router = router;
        this.prompts = prompts;
    }

    void register(@Observes Router routes) {
        api.post(
                routes, "/test/broken/chat/completions", Role.CHAT, ErrorForm.OPENAI, this::answer);
    }

    private void answer(Exchange exchange) {
        CompletionRequest request = new RequestReader(exchange.json(), 8, 4).chat();
        try (Lease lease = router.lease(request.model(), "broken")) {
            Prompt prompt = prompts.make(request, "broken", exchange.key(), lease.release());
            Wire wire = Wire.of(prompt, lease.release());
            StreamedReply reply = new StreamedReply(exchange, wire, prompt, 256, () -> {});
            Tokens tokens = new Tokens(List.of(129), new float[1], List.of(TopTokens.NONE));
            reply.piece(new Piece(0, "y", tokens));
            reply.failed(ApiException.failed("the policy failed: it had to"));
        }
    }
}
