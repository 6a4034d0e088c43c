package io.thumbwheel.feedback.intake;

import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.RaterForgotten;
import io.thumbwheel.schemas.event.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// The way into `feedback.v1`: one producer for all requests. An append is done when all replicas
/// have it, and fails within three seconds otherwise; while Kafka is away the next ones fail at
/// once.
final class FeedbackLog implements AutoCloseable {
    /// How long an append may take in all: BLOCK_MILLIS until there is room and metadata, the rest
    /// until it is acknowledged.
    private static final int BLOCK_MILLIS = 500;

    private static final int DELIVERY_MILLIS = 2_300;
    private static final int REQUEST_MILLIS = 2_000;
    private static final int LINGER_MILLIS = 2;

    /// Bulk lines come faster than requests go out: few large ones cost less than many of Kafka's
    /// usual 16 KiB.
    private static final int BATCH_BYTES = 256 << 10;

    private static final Duration FAIL_FAST = Duration.ofMillis(500);

    private final Producer<String, byte[]> producer;
    private final Semaphore room;
    private final LongSupplier nanoTime;
    private volatile long failFastUntil;

    /// @param maxInFlight most appends under way at once
    FeedbackLog(Producer<String, byte[]> producer, int maxInFlight, LongSupplier nanoTime) {
        this.producer = producer;
        this.room = new Semaphore(maxInFlight);
        this.nanoTime = nanoTime;
        this.failFastUntil = nanoTime.getAsLong();
    }

    static FeedbackLog connect(String bootstrap, int maxInFlight) {
        return new FeedbackLog(
                new KafkaProducer<>(
                        Map.of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                                ProducerConfig.ACKS_CONFIG, "all",
                                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true,
                                ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd",
                                ProducerConfig.LINGER_MS_CONFIG, LINGER_MILLIS,
                                ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES,
                                ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCK_MILLIS,
                                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS,
                                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS),
                        new StringSerializer(),
                        new ByteArraySerializer()),
                maxInFlight,
                System::nanoTime);
    }

    /// Fetches what the first append needs to know, so that it need not wait.
    ///
    /// @throws TimeoutException where Kafka does not tell in time
    void warmUp(Duration timeout) {
        long deadline = nanoTime.getAsLong() + timeout.toNanos();
        while (true) {
            try {
                producer.partitionsFor(Topics.FEEDBACK.topic());
                return;
            } catch (TimeoutException e) {
                if (nanoTime.getAsLong() - deadline > 0) {
                    throw e;
                }
            }
        }
    }

    /// Appends; the future fails with [KafkaAwayException] where Kafka does not have it.
    CompletableFuture<FeedbackGiven> append(FeedbackGiven feedback) {
        return send(new ProducerRecord<>(
                        Topics.FEEDBACK.topic(), feedback.key(), EventCodec.encode(feedback)))
                .thenApply(_ -> feedback);
    }

    /// Tells every partition that a person is forgotten; done when all have it. Saying it again
    /// does no harm.
    CompletableFuture<RaterForgotten> append(RaterForgotten forgotten) {
        byte[] body = EventCodec.encode(forgotten);
        List<PartitionInfo> partitions;
        try {
            partitions = producer.partitionsFor(Topics.FEEDBACK.topic());
        } catch (KafkaException e) {
            return CompletableFuture.failedFuture(
                    new KafkaAwayException("Kafka did not answer", e));
        }
        return CompletableFuture.allOf(
                        partitions.stream()
                                .map(partition ->
                                        send(
                                                new ProducerRecord<>(
                                                        partition.topic(),
                                                        partition.partition(),
                                                        forgotten.key(),
                                                        body)))
                                .toArray(CompletableFuture<?>[]::new))
                .thenApply(_ -> forgotten);
    }

    private CompletableFuture<Void> send(ProducerRecord<String, byte[]> record) {
        CompletableFuture<Void> appended = new CompletableFuture<>();
        if (nanoTime.getAsLong() - failFastUntil < 0) {
            appended.completeExceptionally(
                    new KafkaAwayException("Kafka did not answer just now", null));
            return appended;
        }
        if (!room.tryAcquire()) {
            appended.completeExceptionally(
                    new KafkaAwayException("too much feedback is on its way to Kafka", null));
            return appended;
        }
        try {
            producer.send(
                    record,
                    (_, failure) -> {
                        room.release();
                        if (failure == null) {
                            appended.complete(null);
                        } else {
                            fail(appended, failure);
                        }
                    });
        } catch (KafkaException | IllegalStateException e) {
            room.release();
            fail(appended, e);
        }
        return appended;
    }

    private void fail(CompletableFuture<Void> appended, Exception failure) {
        failFastUntil = nanoTime.getAsLong() + FAIL_FAST.toNanos();
        appended.completeExceptionally(
                new KafkaAwayException("Kafka did not take the feedback", failure));
    }

    @Override
    public void close() {
        producer.close(Duration.ofMillis(DELIVERY_MILLIS + BLOCK_MILLIS));
    }
}
