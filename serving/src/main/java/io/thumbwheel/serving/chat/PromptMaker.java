package io.thumbwheel.serving.chat;

import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.event.Sampling;
import io.thumbwheel.schemas.text.ChatTemplate;
import io.thumbwheel.serving.chat.CompletionRequest.Input;
import io.thumbwheel.serving.generation.TokenBytes;
import io.thumbwheel.serving.release.Resident;
import io.thumbwheel.serving.web.ApiException;
import io.thumbwheel.serving.web.Keys;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/// Makes requests ready for a release: the conversation becomes token ids by the release's own
/// template and tokenizer, and must leave room for an answer.
@Singleton
final class PromptMaker {
    private final Keys keys;
    private final Clock clock;
    private final RandomGenerator seeds;
    private final Recall recall;
    private final Map<String, TokenBytes> tokenBytes = new ConcurrentHashMap<>(); // by digest

    PromptMaker(Keys keys, Clock clock, RandomGenerator seeds, Recall recall) {
        this.keys = keys;
        this.clock = clock;
        this.seeds = seeds;
        this.recall = recall;
    }

    Prompt make(CompletionRequest asked, String conversation, ApiKey key, Resident release) {
        String caller = keys.callerOf(key);
        Recalled recalled =
                asked.history() ? recall.recall(caller, conversation, asked, release) : null;
        CompletionRequest request =
                recalled == null ? asked : asked.withMessages(recalled.messages());
        List<Integer> ids = tokenise(request.input(), release);
        requireKnown("logit_bias", request.draw().rules().logitBias().keySet(), release);
        requireKnown(request.input().field(), ids, release);
        if (ids.isEmpty()) {
            throw ApiException.badRequest(
                    "invalid_value",
                    request.input().field(),
                    "release %s has no token for this text".formatted(release.id()));
        }
        int limit = limit(request, ids.size(), release.context());
        Sampling sampling = request.sampling(limit, seed(request));
        return new Prompt(
                CompletionId.mint(conversation, request.choices(), keys.signing()),
                request,
                caller,
                conversation,
                keys.pseudonym(key, request.user()),
                recalled,
                ids,
                sampling,
                sampling.format() == null ? null : tokens(release.template()),
                clock.instant().getEpochSecond());
    }

    private long seed(CompletionRequest request) {
        Long seed = request.seed();
        if (seed != null) {
            return seed;
        }
        return request.deterministic() ? 0 : seeds.nextLong();
    }

    private TokenBytes tokens(ChatTemplate template) {
        return tokenBytes.computeIfAbsent(
                template.digest(), _ -> TokenBytes.of(template.tokenizer()));
    }

    private static void requireKnown(String field, Collection<Integer> ids, Resident release) {
        int vocab = release.policy().policy().vocab();
        for (int token : ids) {
            if (token >= vocab) {
                throw ApiException.badRequest(
                        "invalid_value",
                        field,
                        "%s names token %d, but release %s has the ids 0 to %d"
                                .formatted(field, token, release.id(), vocab - 1));
            }
        }
    }

    /// The ids of what is asked, by the rules of a release: nothing is added to a plain text.
    static List<Integer> tokenise(Input input, Resident release) {
        return switch (input) {
            case Input.Chat(var messages) -> tokenise(messages, release);
            case Input.Text(var text) -> release.template().tokenizer().encode(text);
            case Input.Ids(var ids) -> ids;
        };
    }

    /// The ids of a conversation.
    static List<Integer> tokenise(List<Message> messages, Resident release) {
        try {
            return release.template().prompt(messages);
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest(
                    "invalid_messages",
                    "messages",
                    "the chat template of release %s does not take this conversation: %s"
                            .formatted(release.id(), e.getMessage()));
        }
    }

    /// As many tokens as were asked for; without a number, as many as the context has left.
    private static int limit(CompletionRequest request, int prompt, int context) {
        String field = request.input().field();
        String what = field.equals("prompt") ? "prompt's ids" : field;
        if (prompt >= context) {
            throw ApiException.badRequest(
                    "context_length_exceeded",
                    field,
                    "the %s take %d tokens and this model reads at most %d, answer included: shorten them"
                            .formatted(what, prompt, context));
        }
        Integer asked = request.maxTokens();
        if (asked == null) {
            return context - prompt;
        }
        if ((long) prompt + asked > context) {
            throw ApiException.badRequest(
                    "context_length_exceeded",
                    field,
                    "the %s take %d tokens and max_tokens asks for %d more, this model reads at most %d together: shorten them or ask for at most %d"
                            .formatted(what, prompt, asked, context, context - prompt));
        }
        return asked;
    }
}
