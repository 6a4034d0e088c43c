package io.thumbwheel.serving.release;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.RolloutDecision;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.schemas.event.UnreadableEventException;
import io.thumbwheel.serving.ServingConfig;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Reads `releases.v1` from its beginning, for ever, and has every new rollout carried out. Until
/// Kafka has been read the rollout kept on disk counts.
@Singleton
final class RolloutFollower {
    private static final Logger LOG = Logger.getLogger(RolloutFollower.class);
    private static final TopicPartition PARTITION = new TopicPartition(Topics.RELEASES.topic(), 0);
    private static final int OUTCOMES_KEPT = 1_024;

    private final Swap swap;
    private final RolloutCache cache;
    private final Residency residency;
    private final ServingConfig config;

    /// Guarded by this.
    private RolloutHistory history = RolloutHistory.EMPTY;

    /// Guarded by this: whether the decision at an offset counted.
    private final TreeMap<Long, Boolean> outcomes = new TreeMap<>();

    /// Guarded by this: whether all that was in the log has been folded once.
    private boolean caughtUp;

    private volatile boolean stopping;
    private volatile @Nullable Thread thread;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consuming;

    RolloutFollower(Swap swap, RolloutCache cache, Residency residency, ServingConfig config) {
        this.swap = swap;
        this.cache = cache;
        this.residency = residency;
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        cache.read().ifPresent(swap::to);
        thread = Thread.ofPlatform().name("rollout-follower").daemon().start(this::follow);
    }

    void stop(@Observes @Priority(2_500) ShutdownEvent event) {
        stopping = true;
        Thread running = thread;
        if (running != null) {
            KafkaConsumer<byte[], byte[]> consumer = consuming;
            if (consumer == null) {
                running.interrupt();
            } else {
                consumer.wakeup();
            }
            try {
                running.join(Duration.ofSeconds(2));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        residency.close();
    }

    /// The history folded so far.
    ///
    /// @return empty until the log has been read once
    synchronized Optional<RolloutHistory> history() {
        return caughtUp ? Optional.of(history) : Optional.empty();
    }

    /// Waits until the decision at `offset` has been folded.
    ///
    /// @return whether it counted
    /// @throws TimeoutException where that takes longer than `limit`
    synchronized boolean awaitOutcome(long offset, Duration limit)
            throws InterruptedException, TimeoutException {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            Boolean outcome = outcomes.get(offset);
            if (outcome != null) {
                return outcome;
            }
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new TimeoutException(
                        "decision %d was not read back in time".formatted(offset));
            }
            wait(left);
        }
    }

    private void follow() {
        while (!stopping) {
            try {
                Optional<String> wrong = TopicCheck.run(config.kafka());
                if (wrong.isPresent()) {
                    LOG.errorf("Kafka at %s is not ours: %s", config.kafka(), wrong.get());
                    Quarkus.asyncExit(1);
                    return;
                }
                read();
            } catch (KafkaException e) {
                if (!stopping) {
                    LOG.warnf("Kafka at %s is away: %s", config.kafka(), e.getMessage());
                    pause();
                }
            }
        }
    }

    private void read() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consuming = consumer;
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            long end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
            synchronized (this) {
                history = RolloutHistory.EMPTY;
                outcomes.clear();
            }
            RolloutHistory carriedOut = null;
            while (!stopping) {
                for (ConsumerRecord<byte[], byte[]> record :
                        consumer.poll(Duration.ofMillis(500))) {
                    fold(record);
                }
                if (consumer.position(PARTITION) >= end) {
                    RolloutHistory now = arrive();
                    if (!now.equals(carriedOut)) {
                        carriedOut = now;
                        swap.to(now.state());
                        cache.write(now.state());
                    }
                }
            }
        } catch (WakeupException e) {
            LOG.debug("woken up to stop", e);
        } finally {
            consuming = null;
        }
    }

    private synchronized RolloutHistory arrive() {
        caughtUp = true;
        return history;
    }

    private synchronized void fold(ConsumerRecord<byte[], byte[]> record) {
        boolean counted = false;
        try {
            if (EventCodec.decode(record.value()) instanceof RolloutDecision decision) {
                RolloutHistory after = history.after(decision);
                counted = !after.equals(history);
                history = after;
            }
        } catch (UnreadableEventException e) {
            LOG.errorf(
                    "passing over offset %d of releases.v1: %s", record.offset(), e.getMessage());
        }
        outcomes.put(record.offset(), counted);
        if (outcomes.size() > OUTCOMES_KEPT) {
            outcomes.pollFirstEntry();
        }
        notifyAll();
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        config.kafka(),
                        ConsumerConfig.CLIENT_ID_CONFIG,
                        "rollout-" + config.replica(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        10_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private void pause() {
        try {
            Thread.sleep(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping = true;
        }
    }
}
