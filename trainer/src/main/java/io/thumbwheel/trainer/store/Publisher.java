package io.thumbwheel.trainer.store;

import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.RolloutDecision;
import io.thumbwheel.schemas.event.RolloutState;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.schemas.event.UnreadableEventException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/// Decides that a release serves: writes a [RolloutDecision] on the state that it saw, reads the
/// topic back and so knows whether it won. The same decision is never made twice.
public final class Publisher {
    /// The one rollout there is so far.
    public static final String CHANNEL = "default";

    private static final TopicPartition DECISIONS = new TopicPartition(Topics.RELEASES.topic(), 0);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int ATTEMPTS = 5;
    private static final Logger LOG = Logger.getLogger(Publisher.class);

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Producer<byte[], byte[]> producer;
    private final Clock clock;

    /// @param consumers makes a `read_committed` consumer without a group; closed after each use
    /// @param producer an idempotent producer with acks=all; stays its owner's
    public Publisher(
            Supplier<Consumer<byte[], byte[]>> consumers,
            Producer<byte[], byte[]> producer,
            Clock clock) {
        this.consumers = consumers;
        this.producer = producer;
        this.clock = clock;
    }

    /// The rollout in force now.
    public RolloutState state() {
        return fold(decisions());
    }

    /// Makes `release` the primary where the primary is still `expected` and nobody pinned it.
    ///
    /// @param expected primary that the release was compared with; empty text: there is none yet
    /// @param by who decides; with `release` it names the decision, so a repeated call does nothing
    /// @param why in words
    public Verdict promote(String release, String expected, String by, String why) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<RolloutDecision> decisions = decisions();
            RolloutState state = fold(decisions);
            RolloutDecision inForce = state.decision();
            if (counted(decisions, release, by)) {
                return new Verdict.Decided(state.revision());
            }
            if (inForce != null && inForce.pinned()) {
                return new Verdict.Pinned(inForce.primary());
            }
            String primary = inForce == null ? "" : inForce.primary();
            if (!primary.equals(expected)) {
                return new Verdict.Moved(primary);
            }
            write(
                    new RolloutDecision(
                            CHANNEL,
                            clock.instant(),
                            state.revision(),
                            release,
                            null,
                            0,
                            null,
                            0,
                            false,
                            by,
                            why));
        }
        throw new IllegalStateException(
                "%d decisions for %s in a row were overtaken by others on %s: decide by hand with POST /v1/rollout"
                        .formatted(ATTEMPTS, release, Topics.RELEASES.topic()));
    }

    private static RolloutState fold(List<RolloutDecision> decisions) {
        RolloutState state = RolloutState.EMPTY;
        for (RolloutDecision decision : decisions) {
            state = state.after(decision);
        }
        return state;
    }

    /// Whether this decision was already made and won, even if others followed.
    private static boolean counted(List<RolloutDecision> decisions, String release, String by) {
        RolloutState state = RolloutState.EMPTY;
        for (RolloutDecision decision : decisions) {
            RolloutState next = state.after(decision);
            boolean won = next.revision() > state.revision();
            if (won && decision.primary().equals(release) && decision.by().equals(by)) {
                return true;
            }
            state = next;
        }
        return false;
    }

    private void write(RolloutDecision decision) {
        try {
            producer.send(
                            new ProducerRecord<>(
                                    Topics.RELEASES.topic(),
                                    decision.key().getBytes(StandardCharsets.UTF_8),
                                    EventCodec.encode(decision)))
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while deciding on a release", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "Kafka did not take the decision for %s: check that the broker runs; the next attempt reads back first"
                            .formatted(decision.primary()),
                    e);
        }
    }

    private List<RolloutDecision> decisions() {
        List<RolloutDecision> decisions = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer = consumers.get()) {
            consumer.assign(List.of(DECISIONS));
            consumer.seekToBeginning(List.of(DECISIONS));
            long end =
                    consumer.endOffsets(List.of(DECISIONS), PATIENCE).getOrDefault(DECISIONS, 0L);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.position(DECISIONS, PATIENCE) < end) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            "%s could not be read to offset %d within %s: check the broker"
                                    .formatted(DECISIONS, end, PATIENCE));
                }
                consumer.poll(Duration.ofMillis(200))
                        .records(DECISIONS)
                        .forEach(record -> decode(record, decisions));
            }
        }
        return decisions;
    }

    private static void decode(
            ConsumerRecord<byte[], byte[]> record, List<RolloutDecision> decisions) {
        try {
            if (EventCodec.decode(record.value()) instanceof RolloutDecision decision) {
                decisions.add(decision);
            }
        } catch (UnreadableEventException e) {
            LOG.warnf("skipping offset %d of %s: %s", record.offset(), DECISIONS, e.getMessage());
        }
    }

    /// What became of a decision.
    public sealed interface Verdict {
        /// It is in force, or was.
        record Decided(long revision) implements Verdict {}

        /// An operator pinned `primary`.
        record Pinned(String primary) implements Verdict {}

        /// Another release became the primary meanwhile, empty text where there is none.
        record Moved(String primary) implements Verdict {}
    }
}
