package io.thumbwheel.feedback.intake;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.FeedbackRefusedException;
import io.thumbwheel.schemas.event.FeedbackRequest;
import io.thumbwheel.schemas.event.Network;
import io.thumbwheel.schemas.event.RaterForgotten;
import io.thumbwheel.schemas.event.SigningKey;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Takes one feedback: reads it, names its rater, and hands it to the log.
///
/// | metric | meaning |
/// |---|---|
/// | `thumbwheel_feedback_accepted_total` | feedback that Kafka has |
/// | `thumbwheel_feedback_refused_total{status}` | requests with something wrong in them |
/// | `thumbwheel_feedback_unstored_total` | feedback that Kafka did not take |
public final class Intake {
    private final SigningKey signing;
    private final FeedbackLog log;
    private final Clock clock;
    private final MeterRegistry registry;
    private final Counter accepted;
    private final Counter unstored;
    private final int maxBytes;

    Intake(SigningKey signing, FeedbackLog log, Clock clock, MeterRegistry registry, int maxBytes) {
        this.signing = signing;
        this.log = log;
        this.clock = clock;
        this.registry = registry;
        this.accepted = registry.counter("thumbwheel.feedback.accepted");
        this.unstored = registry.counter("thumbwheel.feedback.unstored");
        this.maxBytes = maxBytes;
    }

    /// Takes a feedback of somebody whose network is not known.
    public CompletableFuture<Verdict> take(
            ApiKey key, byte[] body, @Nullable String idempotencyKey) {
        return take(key, body, idempotencyKey, null);
    }

    /// Takes a feedback; the verdict comes when Kafka has it or cannot have it.
    ///
    /// @param idempotencyKey the sender's own name for it, where the body has none
    /// @param network where the sender is ([#network]); null where unknown
    CompletableFuture<Verdict> take(
            ApiKey key, byte[] body, @Nullable String idempotencyKey, @Nullable String network) {
        return switch (read(key, body, idempotencyKey)) {
            case Read.Wrong(var problem) -> CompletableFuture.completedFuture(refused(problem));
            case Read.Fine(var feedback) ->
                    log.append(feedback.from(network))
                            .handle((stored, failure) ->
                                    verdict(stored == null ? null : stored.id(), failure));
        };
    }

    /// The pseudonym of a sender's network, which alone is kept of an address; null where unknown.
    @Nullable String network(@Nullable String address) {
        return Network.of(signing, address).orElse(null);
    }

    /// Reads a feedback as [#take] does, and takes nothing.
    public Read read(ApiKey key, byte[] body, @Nullable String idempotencyKey) {
        if (body.length > maxBytes) {
            return new Read.Wrong(
                    Problem.of(
                            Problem.Kind.TOO_LARGE,
                            "one feedback may have at most %d bytes, got %d"
                                    .formatted(maxBytes, body.length)));
        }
        try {
            Optional<ImportLine> line = ImportLine.read(body, key, signing);
            FeedbackGiven feedback =
                    FeedbackRequest.parse(line.map(ImportLine::rest).orElse(body), signing)
                            .given(
                                    key,
                                    signing,
                                    idempotencyKey,
                                    clock.instant().truncatedTo(ChronoUnit.MILLIS));
            return new Read.Fine(
                    line.map(found -> feedback.about(found.answers())).orElse(feedback));
        } catch (FeedbackRefusedException e) {
            return new Read.Wrong(problem(e));
        }
    }

    /// Forgets a person; the verdict comes when Kafka has it in every partition or cannot have it.
    ///
    /// @param rater pseudonym
    CompletableFuture<Verdict> forget(String rater) {
        return log.append(new RaterForgotten(rater, clock.instant().truncatedTo(ChronoUnit.MILLIS)))
                .handle((stored, failure) ->
                        verdict(stored == null ? null : stored.rater(), failure));
    }

    private Verdict verdict(@Nullable String stored, @Nullable Throwable failure) {
        if (stored != null) {
            accepted.increment();
            return new Verdict.Accepted(stored);
        }
        unstored.increment();
        return new Verdict.Refused(
                Problem.of(
                        Problem.Kind.KAFKA_AWAY,
                        reason(failure) + "; send it again, with the same id to be counted once"));
    }

    private static String reason(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause == null ? "Kafka is away" : String.valueOf(cause.getMessage());
    }

    private Verdict refused(Problem problem) {
        registry.counter("thumbwheel.feedback.refused", "status", String.valueOf(problem.status()))
                .increment();
        return new Verdict.Refused(problem);
    }

    private static Problem problem(FeedbackRefusedException refusal) {
        Problem.Kind kind =
                switch (refusal.reason()) {
                    case MALFORMED -> Problem.Kind.MALFORMED;
                    case FORGED -> Problem.Kind.UNKNOWN_COMPLETION;
                    case UNACCEPTABLE -> Problem.Kind.UNACCEPTABLE;
                };
        return Problem.of(kind, String.valueOf(refusal.getMessage()), refusal.field());
    }

    /// What a request says.
    public sealed interface Read {
        /// It can be taken.
        record Fine(FeedbackGiven feedback) implements Read {}

        /// It cannot.
        record Wrong(Problem problem) implements Read {}
    }

    /// What became of a request.
    public sealed interface Verdict {
        /// Kafka has it.
        record Accepted(String feedbackId) implements Verdict {}

        /// It was not taken.
        record Refused(Problem problem) implements Verdict {}
    }
}
