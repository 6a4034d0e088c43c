package io.thumbwheel.trainer.run;

import io.thumbwheel.schemas.event.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Reads examples, prompts and raters into the dataset, all the time, on a thread of its own. Every
/// partition is assigned by hand: the offsets live in the dataset and in no consumer group.
public final class Intake implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration ASK = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Logger LOG = Logger.getLogger(Intake.class);

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Dataset dataset;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean closing;
    private volatile @Nullable Consumer<byte[], byte[]> reading;
    private volatile @Nullable String trouble;

    /// @param consumers makes a `read_committed` consumer without a group
    public Intake(Supplier<Consumer<byte[], byte[]>> consumers, Dataset dataset) {
        this.consumers = consumers;
        this.dataset = dataset;
        this.thread = Thread.ofPlatform().daemon().name("intake").unstarted(this::run);
    }

    /// Begins to read.
    public void start() {
        thread.start();
    }

    /// What keeps it from reading, in words; empty where nothing does.
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    @Override
    public void close() {
        closing = true;
        Consumer<byte[], byte[]> consumer = reading;
        if (consumer != null) {
            consumer.wakeup();
        }
        closed.countDown();
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closing) {
            try {
                readUntilClosed();
            } catch (KafkaException | IllegalStateException e) {
                if (!closing) {
                    trouble = String.valueOf(e.getMessage());
                    LOG.errorf(e, "examples are not being read; next attempt in %s", PAUSE);
                    pause();
                }
            }
        }
    }

    private void readUntilClosed() {
        try (Consumer<byte[], byte[]> consumer = consumers.get()) {
            reading = consumer;
            List<TopicPartition> partitions = partitions(consumer);
            consumer.assign(partitions);
            seek(consumer, partitions);
            Map<TopicPartition, Long> stored = new HashMap<>();
            while (!closing) {
                List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
                consumer.poll(POLL).forEach(records::add);
                Map<TopicPartition, Long> positions = positions(consumer, partitions);
                if (!positions.equals(stored)) {
                    dataset.append(records, positions);
                    stored = positions;
                }
                trouble = null;
            }
        } catch (WakeupException e) {
            LOG.debug("woken up to close");
        } finally {
            reading = null;
        }
    }

    private static List<TopicPartition> partitions(Consumer<byte[], byte[]> consumer) {
        return Dataset.SOURCES.stream()
                .map(Topics::topic)
                .flatMap(topic -> consumer.partitionsFor(topic, ASK).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }

    private void seek(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
        Offsets read = dataset.offsets();
        Map<TopicPartition, Long> begin = consumer.beginningOffsets(partitions, ASK);
        Map<TopicPartition, Long> end = consumer.endOffsets(partitions, ASK);
        for (TopicPartition partition : partitions) {
            long next = read.of(partition).orElse(begin.getOrDefault(partition, 0L));
            if (next > end.getOrDefault(partition, 0L)) {
                throw new IllegalStateException(
                        "the dataset has read %s to offset %d, but it ends at %d: it is a view of another log; stop the trainer, delete dataset.duckdb in THUMBWHEEL_STATE, start again"
                                .formatted(partition, next, end.get(partition)));
            }
            consumer.seek(partition, Math.max(next, begin.getOrDefault(partition, 0L)));
        }
    }

    private static Map<TopicPartition, Long> positions(
            Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> positions = new HashMap<>();
        for (TopicPartition partition : partitions) {
            positions.put(partition, consumer.position(partition, ASK));
        }
        return positions;
    }

    private void pause() {
        try {
            if (closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("closed while waiting");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
