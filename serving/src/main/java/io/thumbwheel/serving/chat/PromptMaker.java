package io.thumbwheel.serving.chat;

import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.Sampling;
import io.thumbwheel.schemas.text.ChatTemplate;
import io.thumbwheel.serving.generation.TokenBytes;
import io.thumbwheel.serving.release.Resident;
import io.thumbwheel.serving.web.ApiException;
import io.thumbwheel.serving.web.Keys;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/// Makes requests ready for a release: the conversation becomes token ids by the release's own
/// template and tokenizer, and must leave room for an answer.
@Singleton
final class PromptMaker {
    private final Keys keys;
    private final Clock clock;
    private final RandomGenerator seeds;
    private final Map<String, TokenBytes> tokenBytes = new ConcurrentHashMap<>(); // by digest

    PromptMaker(Keys keys, Clock clock, RandomGenerator seeds) {
        this.keys = keys;
        this.clock = clock;
        this.seeds = seeds;
    }

    Prompt make(ChatRequest request, String conversation, ApiKey key, Resident release) {
        requireKnown(request.draw().rules().logitBias().keySet(), release);
        List<Integer> ids = tokenise(request, release);
        int limit = limit(request, ids.size(), release.context());
        Long seed = request.seed();
        Sampling sampling = request.sampling(limit, seed == null ? seeds.nextLong() : seed);
        return new Prompt(
                CompletionId.mint(conversation, request.choices(), keys.signing()),
                request,
                conversation,
                keys.pseudonym(key, request.user()),
                ids,
                sampling,
                sampling.format() == null ? null : tokens(release.template()),
                clock.instant().getEpochSecond());
    }

    private TokenBytes tokens(ChatTemplate template) {
        return tokenBytes.computeIfAbsent(
                template.digest(), _ -> TokenBytes.of(template.tokenizer()));
    }

    private static void requireKnown(Set<Integer> biased, Resident release) {
        int vocab = release.policy().policy().vocab();
        for (int token : biased) {
            if (token >= vocab) {
                throw ApiException.badRequest(
                        "invalid_value",
                        "logit_bias",
                        "logit_bias names token %d, but release %s has the ids 0 to %d"
                                .formatted(token, release.id(), vocab - 1));
            }
        }
    }

    private static List<Integer> tokenise(ChatRequest request, Resident release) {
        try {
            return release.template().prompt(request.messages());
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest(
                    "invalid_messages",
                    "messages",
                    "the chat template of release %s does not take this conversation: %s"
                            .formatted(release.id(), e.getMessage()));
        }
    }

    /// As many tokens as were asked for; without a number, as many as the context has left.
    private static int limit(ChatRequest request, int prompt, int context) {
        if (prompt >= context) {
            throw ApiException.badRequest(
                    "context_length_exceeded",
                    "messages",
                    "the messages take %d tokens and this model reads at most %d, answer included: shorten them"
                            .formatted(prompt, context));
        }
        Integer asked = request.maxTokens();
        if (asked == null) {
            return context - prompt;
        }
        if ((long) prompt + asked > context) {
            throw ApiException.badRequest(
                    "context_length_exceeded",
                    "messages",
                    "the messages take %d tokens and max_tokens asks for %d more, this model reads at most %d together: shorten the messages or ask for at most %d"
                            .formatted(prompt, asked, context, context - prompt));
        }
        return asked;
    }
}
