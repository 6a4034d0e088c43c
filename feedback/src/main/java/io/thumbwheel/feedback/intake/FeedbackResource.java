package io.thumbwheel.feedback.intake;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.smallrye.common.annotation.Blocking;
import io.thumbwheel.feedback.FeedbackConfig;
import io.thumbwheel.schemas.event.ApiKeys;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// `POST /v1/feedback`: one opinion as JSON, or many as lines of JSON.
@Path("/v1/feedback")
public class FeedbackResource {
    private static final int RETRY_AFTER_SECONDS = 1;

    private final ApiKeys keys;
    private final Intake intake;
    private final BulkIntake bulk;

    FeedbackResource(ApiKeys keys, Intake intake, FeedbackConfig config) {
        this.keys = keys;
        this.intake = intake;
        this.bulk = new BulkIntake(intake, config.maxBulkLines());
    }

    /// One feedback; accepted means that Kafka has it.
    @POST
    @Blocking
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<Response> one(
            @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
            @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey,
            byte[] body) {
        Optional<ApiKey> key = keys.ofHeader(authorization);
        return refusal(key)
                .<CompletionStage<Response>>map(CompletableFuture::completedFuture)
                .orElseGet(() ->
                        intake.take(key.orElseThrow(), body, idempotencyKey)
                                .thenApply(FeedbackResource::response));
    }

    /// Many, one a line; each line gets its own verdict, in order.
    @POST
    @Blocking
    @Consumes(BulkIntake.MEDIA_TYPE)
    public CompletionStage<Response> many(
            @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization, byte[] body) {
        Optional<ApiKey> key = keys.ofHeader(authorization);
        return refusal(key)
                .<CompletionStage<Response>>map(CompletableFuture::completedFuture)
                .orElseGet(() -> bulk.take(key.orElseThrow(), body));
    }

    private static Optional<Response> refusal(Optional<ApiKey> key) {
        if (key.isEmpty()) {
            return Optional.of(
                    Problem.of(
                                    Problem.Kind.UNAUTHENTICATED,
                                    "send a key of the platform: Authorization: Bearer <key>")
                            .response()
                            .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
                            .build());
        }
        if (!key.get().may(Role.FEEDBACK) && !key.get().may(Role.LABELER)) {
            return Optional.of(
                    Problem.of(
                                    Problem.Kind.FORBIDDEN,
                                    "key '%s' has neither role feedback nor labeler"
                                            .formatted(key.get().name()))
                            .response()
                            .build());
        }
        return Optional.empty();
    }

    private static Response response(Intake.Verdict verdict) {
        return switch (verdict) {
            case Intake.Verdict.Accepted(var id) ->
                    Response.accepted(new Accepted(id, "accepted"))
                            .type(MediaType.APPLICATION_JSON)
                            .build();
            case Intake.Verdict.Refused(var problem) -> {
                Response.ResponseBuilder response = problem.response();
                if (problem.status() == Response.Status.SERVICE_UNAVAILABLE.getStatusCode()) {
                    response.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
                }
                yield response.build();
            }
        };
    }

    /// The answer to a feedback that Kafka has.
    record Accepted(@JsonProperty("feedback_id") String feedbackId, String status) {}
}
