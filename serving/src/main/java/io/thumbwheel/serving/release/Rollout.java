package io.thumbwheel.serving.release;

import io.thumbwheel.schemas.event.RolloutDecision;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.serving.journal.EventLog;
import io.thumbwheel.serving.journal.KafkaAwayException;
import io.thumbwheel.serving.web.ApiException;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/// Decides about the rollout, together with everybody else who may: a decision is written on the
/// revision that its maker saw, and read back to learn whether it counted.
@Singleton
final class Rollout {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final RolloutFollower follower;
    private final ReleaseStore store;
    private final EventLog log;
    private final Clock clock;

    Rollout(RolloutFollower follower, ReleaseStore store, EventLog log, Clock clock) {
        this.follower = follower;
        this.store = store;
        this.log = log;
        this.clock = clock;
    }

    /// The rollouts so far.
    ///
    /// @throws ApiException 503 where Kafka has not been read yet
    RolloutHistory history() {
        return follower.history()
                .orElseThrow(() ->
                        ApiException.unavailable(
                                "rollout_unknown",
                                LIMIT,
                                "the rollout has not been read from Kafka yet"));
    }

    /// Makes a change.
    ///
    /// @param base the revision that the operator saw; null takes the one in force
    /// @throws ApiException 404 for an unknown release, 409 where somebody else decided first or
    ///   nothing can be changed so, 503 where Kafka is away
    RolloutHistory change(RolloutChange change, @Nullable Long base, String by) {
        RolloutHistory seen = history();
        change.named()
                .filter(id -> !store.contains(id))
                .ifPresent(id -> {
                    throw ApiException.notFound(
                            "release_not_found",
                            "release",
                            "release '%s' is not in the store; it has %s"
                                    .formatted(id, String.join(", ", store.ids())));
                });
        if (base != null && base != seen.state().revision()) {
            throw lost(base, seen.state().revision());
        }
        RolloutDecision decision = decide(change, seen, by);
        try {
            RecordMetadata written = log.write(Topics.RELEASES, decision, LIMIT);
            if (!follower.awaitOutcome(written.offset(), LIMIT)) {
                throw lost(decision.base(), history().state().revision());
            }
            return history();
        } catch (KafkaAwayException | TimeoutException e) {
            throw ApiException.unavailable(
                    "kafka_away",
                    LIMIT,
                    e.getMessage() + "; read GET /v1/rollout before you decide again");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.unavailable("stopping", LIMIT, "serving is stopping");
        }
    }

    private RolloutDecision decide(RolloutChange change, RolloutHistory seen, String by) {
        try {
            return change.decide(seen, by, clock.instant());
        } catch (IllegalStateException e) {
            throw ApiException.conflict("nothing_to_change", String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("invalid_value", "share", String.valueOf(e.getMessage()));
        }
    }

    private static ApiException lost(long base, long revision) {
        return ApiException.conflict(
                "stale_base",
                "somebody else decided first: the decision was made on revision %d, in force is %d; read GET /v1/rollout and decide again"
                        .formatted(base, revision));
    }
}
