package io.thumbwheel.feedback.intake;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.smallrye.common.annotation.Blocking;
import io.thumbwheel.feedback.FeedbackConfig;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// `POST /v1/feedback`: one opinion as JSON, or many as lines of JSON.
@Path("/v1/feedback")
public class FeedbackResource {
    static final List<Role> GIVERS = List.of(Role.FEEDBACK, Role.LABELER);

    private static final int RETRY_AFTER_SECONDS = 1;

    private final Access access;
    private final Intake intake;
    private final BulkIntake bulk;

    FeedbackResource(Access access, Intake intake, FeedbackConfig config) {
        this.access = access;
        this.intake = intake;
        this.bulk = new BulkIntake(intake, config.maxBulkLines());
    }

    /// One feedback; accepted means that Kafka has it.
    ///
    /// @param dryRun only says what would be wrong with it
    @POST
    @Blocking
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<Response> one(
            @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
            @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey,
            @QueryParam("dryrun") boolean dryRun,
            @Context HttpServerRequest request,
            byte[] body) {
        return access.<CompletionStage<Response>>with(
                authorization,
                GIVERS,
                CompletableFuture::completedFuture,
                key ->
                        dryRun
                                ? CompletableFuture.completedFuture(
                                        checked(intake.read(key, body, idempotencyKey)))
                                : intake.take(key, body, idempotencyKey, network(request))
                                        .thenApply(FeedbackResource::response));
    }

    /// Many, one a line; each line gets its own verdict, in order.
    @POST
    @Blocking
    @Consumes(BulkIntake.MEDIA_TYPE)
    public CompletionStage<Response> many(
            @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
            @Context HttpServerRequest request,
            byte[] body) {
        return access.<CompletionStage<Response>>with(
                authorization,
                GIVERS,
                CompletableFuture::completedFuture,
                key -> bulk.take(key, body, network(request)));
    }

    private @Nullable String network(HttpServerRequest request) {
        SocketAddress remote = request.remoteAddress();
        return intake.network(remote == null ? null : remote.hostAddress());
    }

    private static Response checked(Intake.Read read) {
        return switch (read) {
            case Intake.Read.Fine(var feedback) ->
                    Response.ok(new Accepted(feedback.id(), "fine"))
                            .type(MediaType.APPLICATION_JSON)
                            .build();
            case Intake.Read.Wrong(var problem) -> problem.response().build();
        };
    }

    /// A verdict as an answer.
    static Response response(Intake.Verdict verdict) {
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
