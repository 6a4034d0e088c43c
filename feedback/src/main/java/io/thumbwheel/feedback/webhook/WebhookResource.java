package io.thumbwheel.feedback.webhook;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.Blocking;
import io.thumbwheel.feedback.FeedbackConfig;
import io.thumbwheel.feedback.intake.Access;
import io.thumbwheel.feedback.intake.Intake;
import io.thumbwheel.feedback.intake.Problem;
import io.thumbwheel.feedback.webhook.WebhookSettings.Source;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// `POST /v1/webhooks/{source}`: what another system tells about answers becomes feedback.
///
/// | metric | meaning |
/// |---|---|
/// | `thumbwheel_webhook_received_total{source,outcome}` | deliveries by the status they were answered with |
@Path("/v1/webhooks/{source}")
public class WebhookResource {
    private final WebhookFile file;
    private final Intake intake;
    private final Access access;
    private final MeterRegistry registry;
    private final int maxBytes;
    private final SeenDeliveries seen = new SeenDeliveries();
    private final SourceRates rates = new SourceRates(System::nanoTime);
    private final Clock clock = Clock.systemUTC();

    WebhookResource(
            WebhookFile file,
            Intake intake,
            Access access,
            FeedbackConfig config,
            MeterRegistry registry) {
        this.file = file;
        this.intake = intake;
        this.access = access;
        this.maxBytes = config.maxWebhookBytes();
        this.registry = registry;
    }

    /// A delivery. 2xx means that Kafka has all of its feedback that could be taken; the same
    /// delivery again gets the same answer and counts once.
    @POST
    @Blocking
    public CompletionStage<Response> deliver(
            @PathParam("source") String name, @Context HttpHeaders context, byte[] body) {
        Source source = file.settings().sources().get(name);
        if (source == null) {
            return counted("unknown", problem(Problem.Kind.UNKNOWN_SOURCE, noSource(name)));
        }
        Map<String, String> headers = lowerCase(context);
        if (body.length > maxBytes) {
            return counted(name, tooLarge(body));
        }
        return switch (Proof.of(source, headers, body, clock)) {
            case Proof.Incomplete(var detail) ->
                    counted(name, problem(Problem.Kind.MALFORMED, detail));
            case Proof.Forged() ->
                    counted(
                            name,
                            problem(
                                    Problem.Kind.UNAUTHENTICATED,
                                    "the delivery does not prove where it comes from"));
            case Proof.Genuine(var delivery) -> genuine(name, source, delivery, headers, body);
        };
    }

    /// What a payload would be mapped to, and what is wrong with that; takes nothing. For
    /// operators.
    @POST
    @Path("/dry-run")
    @Blocking
    public Response dryRun(
            @PathParam("source") String name,
            @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
            @Context HttpHeaders context,
            byte[] body) {
        return access.with(
                authorization,
                List.of(Role.OPERATOR),
                refusal -> refusal,
                _ -> {
                    Source source = file.settings().sources().get(name);
                    if (source == null) {
                        return problem(Problem.Kind.UNKNOWN_SOURCE, noSource(name));
                    }
                    return body.length > maxBytes
                            ? tooLarge(body)
                            : dryRun(source, lowerCase(context), body);
                });
    }

    private Response dryRun(Source source, Map<String, String> headers, byte[] body) {
        List<Tried> tried = new ArrayList<>();
        try {
            for (ObjectNode feedback : source.mapping().map(body, headers)) {
                tried.add(
                        switch (intake.read(source.key(), Mapping.bytes(feedback), null)) {
                            case Intake.Read.Fine _ -> new Tried(feedback, null);
                            case Intake.Read.Wrong(var problem) -> new Tried(feedback, problem);
                        });
            }
        } catch (UnmappableException e) {
            return unmappable(e);
        }
        return Response.ok(new DryRun(tried)).type(MediaType.APPLICATION_JSON).build();
    }

    private CompletionStage<Response> genuine(
            String name, Source source, String delivery, Map<String, String> headers, byte[] body) {
        // Only what is genuine counts, or anybody could use a source's share up.
        long wait = rates.secondsUntil(name, source.perMinute());
        if (wait > 0) {
            return counted(name, tooMany(name, source, wait));
        }
        String type = headers.getOrDefault("content-type", "");
        if (!type.toLowerCase(Locale.ROOT).matches("application/([a-z0-9.+-]+\\+)?json(;.*)?")) {
            return counted(
                    name,
                    problem(Problem.Kind.UNSUPPORTED, "send application/json, got '" + type + "'"));
        }
        List<ObjectNode> feedbacks;
        try {
            feedbacks = source.mapping().map(body, headers);
        } catch (UnmappableException e) {
            return counted(name, unmappable(e));
        }
        if (seen.isReused(name, delivery, body)) {
            return counted(
                    name,
                    problem(
                            Problem.Kind.REUSED_ID,
                            "delivery %s came before with another body".formatted(delivery)));
        }
        List<CompletableFuture<Intake.Verdict>> verdicts = new ArrayList<>();
        for (int i = 0; i < feedbacks.size(); i++) {
            ObjectNode feedback = feedbacks.get(i);
            if (!feedback.hasNonNull("id")) {
                feedback.put("id", delivery + "#" + i);
            }
            verdicts.add(intake.take(source.key(), Mapping.bytes(feedback), null));
        }
        return CompletableFuture.allOf(verdicts.toArray(CompletableFuture<?>[]::new))
                .thenCompose(_ ->
                        counted(
                                name,
                                answer(verdicts.stream().map(CompletableFuture::join).toList())));
    }

    private static Response answer(List<Intake.Verdict> verdicts) {
        List<String> accepted = new ArrayList<>();
        List<Refused> refused = new ArrayList<>();
        for (int i = 0; i < verdicts.size(); i++) {
            switch (verdicts.get(i)) {
                case Intake.Verdict.Accepted(var id) -> accepted.add(id);
                case Intake.Verdict.Refused(var problem) when problem.status() == 503 -> {
                    return problem.response().header(HttpHeaders.RETRY_AFTER, 1).build();
                }
                case Intake.Verdict.Refused(var problem) -> refused.add(new Refused(i, problem));
            }
        }
        // All refused: the sender is told so; sending it again would not help it.
        int status = accepted.isEmpty() && !refused.isEmpty() ? 422 : 202;
        return Response.status(status)
                .entity(new Delivered(accepted, refused))
                .type(MediaType.APPLICATION_JSON)
                .build();
    }

    private CompletionStage<Response> counted(String source, Response response) {
        registry.counter(
                        "thumbwheel.webhook.received",
                        "source",
                        source,
                        "outcome",
                        String.valueOf(response.getStatus()))
                .increment();
        return CompletableFuture.completedFuture(response);
    }

    private Response tooLarge(byte[] body) {
        return problem(
                Problem.Kind.TOO_LARGE,
                "a webhook may have at most %d bytes, got %d".formatted(maxBytes, body.length));
    }

    private static Response tooMany(String name, Source source, long wait) {
        return Problem.of(
                        Problem.Kind.TOO_MANY,
                        "source %s may make %d deliveries a minute (per_minute): send it again in %d s"
                                .formatted(name, source.perMinute(), wait))
                .response()
                .header(HttpHeaders.RETRY_AFTER, wait)
                .build();
    }

    private static Response unmappable(UnmappableException e) {
        return problem(
                e.malformed() ? Problem.Kind.MALFORMED : Problem.Kind.UNACCEPTABLE,
                String.valueOf(e.getMessage()));
    }

    private static String noSource(String name) {
        return "no source '%s' is configured: name it in the file of webhooks (THUMBWHEEL_WEBHOOKS)"
                .formatted(name);
    }

    private static Response problem(Problem.Kind kind, String detail) {
        return Problem.of(kind, detail).response().build();
    }

    private static Map<String, String> lowerCase(HttpHeaders context) {
        Map<String, String> headers = new HashMap<>();
        context.getRequestHeaders()
                .forEach((name, values) ->
                        headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
        return headers;
    }

    /// The answer to a delivery.
    record Delivered(
            @JsonProperty("feedback_ids") List<String> feedbackIds, List<Refused> refused) {}

    /// One of its feedbacks that was not taken.
    ///
    /// @param index among what the payload was mapped to, from 0
    record Refused(int index, Problem problem) {}

    /// The answer to a dry run.
    record DryRun(List<Tried> mapped) {}

    /// A feedback as mapped, and what is wrong with it.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Tried(JsonNode feedback, @Nullable Problem problem) {}
}
