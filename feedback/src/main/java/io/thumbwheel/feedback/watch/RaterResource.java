package io.thumbwheel.feedback.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.smallrye.common.annotation.Blocking;
import io.thumbwheel.feedback.intake.Access;
import io.thumbwheel.feedback.intake.Problem;
import io.thumbwheel.feedback.watch.TrustLog.NotWrittenException;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import io.thumbwheel.schemas.event.RaterTrust;
import io.thumbwheel.schemas.event.RaterTrust.Decision;
import io.thumbwheel.schemas.event.RaterTrust.Ruling;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `/v1/raters/{id}`: one rater for the operator, and a say in how far to believe them.
@Path("/v1/raters/{id}")
public class RaterResource {
    private static final int MOST_REASON = 500;
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    private final Access access;
    private final TrustWatch watch;
    private final Clock clock = Clock.systemUTC();

    RaterResource(Access access, TrustWatch watch) {
        this.access = access;
        this.watch = watch;
    }

    /// What an operator sends.
    record Wish(@Nullable Decision decision, @Nullable String reason) {}

    /// One rater.
    @GET
    @Blocking
    public Response one(
            @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
            @PathParam("id") String rater) {
        return access.with(
                authorization,
                List.of(Role.OPERATOR),
                refusal -> refusal,
                _ ->
                        watch.view(rater)
                                .map(view ->
                                        Response.ok(view).type(MediaType.APPLICATION_JSON).build())
                                .orElseGet(() -> unknown(rater)));
    }

    /// Decides about a rater: quarantine, trust, or none, which leaves it to the tests again.
    @PUT
    @Path("/ruling")
    @Consumes(MediaType.APPLICATION_JSON)
    @Blocking
    public Response rule(
            @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
            @PathParam("id") String rater,
            byte[] body) {
        return access.with(
                authorization,
                List.of(Role.OPERATOR),
                refusal -> refusal,
                key -> rule(key, rater, body));
    }

    private Response rule(ApiKey key, String rater, byte[] body) {
        Wish wish;
        try {
            wish = MAPPER.readValue(body, Wish.class);
        } catch (IOException e) {
            String what =
                    e instanceof JsonProcessingException wrong
                            ? wrong.getOriginalMessage()
                            : String.valueOf(e.getMessage());
            return problem(
                    Problem.Kind.MALFORMED,
                    "send {\"decision\":\"quarantine|trust|none\",\"reason\":\"…\"}: " + what);
        }
        Decision decision = wish == null ? null : wish.decision();
        String reason = wish == null ? null : wish.reason();
        if (decision == null
                || reason == null
                || reason.isBlank()
                || reason.length() > MOST_REASON) {
            return problem(
                    Problem.Kind.UNACCEPTABLE,
                    "a ruling has a decision and a reason of 1 to %d characters"
                            .formatted(MOST_REASON));
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Ruling ruling = new Ruling(decision, key.name(), reason, now);
        Optional<RaterTrust> ruled = ruled(rater, ruling, now);
        if (ruled.isEmpty()) {
            return unknown(rater);
        }
        try {
            watch.write(ruled.get());
        } catch (NotWrittenException e) {
            return Problem.of(Problem.Kind.KAFKA_AWAY, e.getMessage() + "; send it again")
                    .response()
                    .header(HttpHeaders.RETRY_AFTER, 1)
                    .build();
        }
        return Response.ok(RaterView.of(watch.insight().assessments().get(rater), ruled.get()))
                .type(MediaType.APPLICATION_JSON)
                .build();
    }

    private Optional<RaterTrust> ruled(String rater, Ruling ruling, Instant now) {
        var assessment = watch.insight().assessments().get(rater);
        if (assessment != null) {
            return Optional.of(Verdicts.of(assessment, ruling, now));
        }
        return watch.standing(rater)
                .map(standing ->
                        Verdicts.ruled(
                                new RaterTrust(
                                        rater,
                                        now,
                                        standing.weight(),
                                        standing.quarantined(),
                                        "not seen within the window"),
                                ruling,
                                standing.ruling() == null && standing.quarantined()));
    }

    private static Response unknown(String rater) {
        return problem(
                Problem.Kind.UNKNOWN_RATER,
                "nothing is known of rater '%s'; GET /v1/raters lists those who said something"
                        .formatted(rater));
    }

    private static Response problem(Problem.Kind kind, String detail) {
        return Problem.of(kind, detail).response().build();
    }
}
