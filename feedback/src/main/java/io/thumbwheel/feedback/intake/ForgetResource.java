package io.thumbwheel.feedback.intake;

import io.smallrye.common.annotation.Blocking;
import io.thumbwheel.schemas.event.ApiKeys;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import io.thumbwheel.schemas.event.SigningKey;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `DELETE /v1/raters/{id}`: takes a person out of the data. A tenant's key names its own people as
/// it always does; an operator may also give a pseudonym as the examples and the raters show it.
@Path("/v1/raters/{id}")
public class ForgetResource {
    private static final Pattern PSEUDONYM = Pattern.compile("[0-9a-f]{32}");

    private final Access access;
    private final Intake intake;
    private final SigningKey signing;

    ForgetResource(Access access, Intake intake, ApiKeys keys) {
        this.access = access;
        this.intake = intake;
        this.signing = keys.signingKey();
    }

    /// Accepted means that Kafka has it for every partition; the join carries it out from there.
    @DELETE
    @Blocking
    public CompletionStage<Response> forget(
            @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
            @PathParam("id") String id) {
        return access.<CompletionStage<Response>>with(
                authorization,
                List.of(Role.FEEDBACK, Role.LABELER, Role.CHAT),
                CompletableFuture::completedFuture,
                key -> intake.forget(rater(key, id)).thenApply(ForgetResource::response));
    }

    private String rater(ApiKey key, String id) {
        return key.may(Role.OPERATOR) && PSEUDONYM.matcher(id).matches()
                ? id
                : ApiKeys.pseudonym(signing, key, id);
    }

    private static Response response(Intake.Verdict verdict) {
        return switch (verdict) {
            case Intake.Verdict.Accepted(var rater) ->
                    Response.accepted(new Forgotten(rater, "forgetting"))
                            .type(MediaType.APPLICATION_JSON)
                            .build();
            case Intake.Verdict.Refused _ -> FeedbackResource.response(verdict);
        };
    }

    /// The answer to a deletion that Kafka has.
    record Forgotten(String rater, String status) {}
}
