package io.thumbwheel.feedback.intake;

import io.micrometer.core.instrument.MeterRegistry;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.FeedbackRefusedException;
import io.thumbwheel.schemas.event.FeedbackRequest;
import io.thumbwheel.schemas.event.SigningKey;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Takes one feedback: reads it, names its rater, and hands it to the log.
///
/// | metric | meaning |
/// |---|---|
/// | `thumbwheel_feedback_accepted_total` | feedback that Kafka has |
/// | `thumbwheel_feedback_refused_total{status}` | requests with something wrong in them |
/// | `thumbwheel_feedback_unstored_total` | feedback that Kafka did not take |
final class Intake {
    private final SigningKey signing;
    private final FeedbackLog log;
    private final Clock clock;
    private final MeterRegistry registry;
    private final int maxBytes;

    Intake(SigningKey signing, FeedbackLog log, Clock clock, MeterRegistry registry, int maxBytes) {
        this.signing = signing;
        this.log = log;
        this.clock = clock;
        this.registry = registry;
        this.maxBytes = maxBytes;
    }

    /// Takes a feedback; the verdict comes when Kafka has it or cannot have it.
    CompletableFuture<Verdict> take(ApiKey key, byte[] body, @Nullable String idempotencyKey) {
        if (body.length > maxBytes) {
            return CompletableFuture.completedFuture(
                    refused(
                            Problem.of(
                                    Problem.Kind.TOO_LARGE,
                                    "one feedback may have at most %d bytes, got %d"
                                            .formatted(maxBytes, body.length))));
        }
        FeedbackGiven feedback;
        try {
            feedback =
                    FeedbackRequest.parse(body, signing)
                            .given(
                                    key,
                                    signing,
                                    idempotencyKey,
                                    clock.instant().truncatedTo(ChronoUnit.MILLIS));
        } catch (FeedbackRefusedException e) {
            return CompletableFuture.completedFuture(refused(problem(e)));
        }
        return log.append(feedback).handle((stored, failure) -> verdict(stored, failure));
    }

    private Verdict verdict(@Nullable FeedbackGiven stored, @Nullable Throwable failure) {
        if (stored != null) {
            registry.counter("thumbwheel.feedback.accepted").increment();
            return new Verdict.Accepted(stored.id());
        }
        registry.counter("thumbwheel.feedback.unstored").increment();
        return new Verdict.Refused(
                Problem.of(
                        Problem.Kind.KAFKA_AWAY,
                        (failure == null ? "Kafka is away" : failure.getMessage())
                                + "; send it again, with the same id to be counted once"));
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

    /// What became of a request.
    sealed interface Verdict {
        /// Kafka has it.
        record Accepted(String feedbackId) implements Verdict {}

        /// It was not taken.
        record Refused(Problem problem) implements Verdict {}
    }
}
