package io.thumbwheel.feedback.intake;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.smallrye.common.annotation.Blocking;
import io.thumbwheel.feedback.stream.FeedbackFate;
import io.thumbwheel.feedback.stream.StreamService;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import io.thumbwheel.schemas.event.RaterTrust;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `GET /v1/feedback/{id}`: what became of a feedback, for whose key gave it and for an operator.
/// What the partitions of this instance do not know, the others are asked.
@Path("/v1/feedback/{id}")
public class FateResource {
    private final Access access;
    private final StreamService stream;
    private final Trainings trainings;
    private final OtherInstances others = new OtherInstances();

    FateResource(Access access, StreamService stream, Trainings trainings) {
        this.access = access;
        this.stream = stream;
        this.trainings = trainings;
    }

    /// What became of it.
    ///
    /// @param here ask no other instance, as they do among each other
    @GET
    @Blocking
    public Response fate(
            @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
            @PathParam("id") String id,
            @QueryParam("here") boolean here) {
        return access.with(
                authorization,
                FeedbackResource.GIVERS,
                refusal -> refusal,
                key -> fate(key, id, here ? null : authorization));
    }

    /// @param asker passed on to the other instances; null where they are not asked
    private Response fate(ApiKey key, String id, @Nullable String asker) {
        Optional<FeedbackFate> found;
        try {
            found = stream.fateOf(id);
        } catch (IllegalStateException e) {
            return away(e.getMessage() + "; ask again soon");
        }
        if (found.isEmpty() && asker != null) {
            return switch (others.ask(stream.others(), id, asker)) {
                case OtherInstances.Answer.Known(var body) ->
                        Response.ok(body).type(MediaType.APPLICATION_JSON).build();
                case OtherInstances.Answer.Unknown() -> unknown(id);
                case OtherInstances.Answer.Unsure() ->
                        away("an instance that may know it does not answer; ask again soon");
            };
        }
        return found.filter(fate -> mayRead(key, fate))
                .map(fate -> Response.ok(told(fate)).type(MediaType.APPLICATION_JSON).build())
                .orElseGet(() -> unknown(id));
    }

    private static Response away(String detail) {
        return Problem.of(Problem.Kind.JOIN_AWAY, detail)
                .response()
                .header(HttpHeaders.RETRY_AFTER, 1)
                .build();
    }

    private static Response unknown(String id) {
        return Problem.of(
                        Problem.Kind.UNKNOWN_FEEDBACK,
                        "no feedback of yours has the id %s; one that was just accepted is known within a second"
                                .formatted(id))
                .response()
                .build();
    }

    private static boolean mayRead(ApiKey key, FeedbackFate fate) {
        return key.may(Role.OPERATOR) || key.tenant().equals(fate.tenant());
    }

    private Told told(FeedbackFate fate) {
        RaterTrust trust = fate.trust();
        boolean setAside =
                trust != null && trust.quarantined() && fate.state() == FeedbackFate.State.JOINED;
        return new Told(
                fate.id(),
                fate.completion(),
                fate.at().toString(),
                setAside ? "quarantined" : fate.state().name().toLowerCase(Locale.ROOT),
                setAside && trust != null ? trust.why() : fate.reason(),
                fate.examples(),
                fate.examples().isEmpty()
                        ? List.of()
                        : trainings.releasesOf(fate.examples()).orElse(null));
    }

    /// The answer.
    ///
    /// @param status `waiting`, `joined`, `superseded`, `retracted`, `fruitless` or `quarantined`
    /// @param reason why it is fruitless or set aside
    /// @param examples ids of the examples that rest on it
    /// @param releases that learned from data with one of them; null where the trainer does not say
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Told(
            @JsonProperty("feedback_id") String feedbackId,
            @JsonProperty("completion_id") String completionId,
            @JsonProperty("accepted_at") String acceptedAt,
            String status,
            @Nullable String reason,
            List<String> examples,
            @Nullable List<String> releases) {}
}
