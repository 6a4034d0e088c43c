package io.thumbwheel.schemas.event;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.github.f4b6a3.uuid.UuidCreator;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import io.thumbwheel.schemas.event.FeedbackRefusedException.Reason;
import java.io.IOException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a client says about served answers: the one wire form of the API, of bulk lines and of
/// mapped webhooks. Everything about it that can be checked without a look-up has been checked.
///
/// @param id the sender's own name for it, which makes it count once; null where none was given
/// @param completion the completion that it is about
/// @param opinion what was said
/// @param person whose opinion it is, as the sender calls them
/// @param consent whether that person agreed that it may train a model
public record FeedbackRequest(
        @Nullable String id,
        CompletionId completion,
        Opinion opinion,
        String person,
        boolean consent) {
    /// Who it is where the sender does not say.
    public static final String ANONYMOUS = "anonymous";

    /// Namespace of the feedback ids made from a sender's own (UUIDv5).
    private static final UUID NAMESPACE = UUID.fromString("6f1c8f0e-3f57-4c0b-9a55-7468756d6264");

    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /// Reads a body.
    ///
    /// @param body one JSON object, UTF-8
    /// @param signing tells completion ids of this platform from forged ones
    /// @throws FeedbackRefusedException naming the field at fault
    public static FeedbackRequest parse(byte[] body, SigningKey signing)
            throws FeedbackRefusedException {
        JsonNode tree;
        try {
            tree = MAPPER.readTree(body);
        } catch (IOException e) {
            throw new FeedbackRefusedException(
                    Reason.MALFORMED, null, "the body is not one JSON object: " + e.getMessage());
        }
        if (!tree.isObject()) {
            throw new FeedbackRefusedException(
                    Reason.MALFORMED,
                    null,
                    "the body must be a JSON object such as"
                            + " {\"completion_id\":\"chatcmpl-…\",\"kind\":\"thumb\",\"value\":\"up\"}");
        }
        return new FeedbackReader(tree, signing).read();
    }

    /// The event, as accepted now.
    ///
    /// @param key the API key that it came with
    /// @param signing makes the rater's pseudonym
    /// @param idempotencyKey the header of that name; used where the body has no `id`
    /// @param at now
    public FeedbackGiven given(
            ApiKey key, SigningKey signing, @Nullable String idempotencyKey, Instant at) {
        String own = id != null ? id : idempotencyKey;
        UUID feedbackId =
                own == null
                        ? UuidCreator.getTimeOrderedEpoch()
                        : UuidCreator.getNameBasedSha1(NAMESPACE, key.name() + "\n" + own);
        return new FeedbackGiven(
                        feedbackId.toString(),
                        at,
                        completion,
                        ApiKeys.pseudonym(signing, key, person),
                        key.raters(),
                        consent,
                        opinion)
                .of(key.tenant());
    }
}
