package io.thumbwheel.serving.journal;

import io.thumbwheel.schemas.event.Event;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.serving.ServingConfig;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jboss.logging.Logger;

/// Writes events into their topics: idempotent, acknowledged by all replicas, never waiting for
/// ever.
@Singleton
public final class EventLog {
    private static final Logger LOG = Logger.getLogger(EventLog.class);

    private final KafkaProducer<byte[], byte[]> producer;

    EventLog(ServingConfig config) {
        Map<String, Object> settings =
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        config.kafka(),
                        ProducerConfig.CLIENT_ID_CONFIG,
                        "serving-" + config.replica(),
                        ProducerConfig.ACKS_CONFIG,
                        "all", // and with it idempotence
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "zstd",
                        ProducerConfig.LINGER_MS_CONFIG,
                        0, // the end of an answer waits for it
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        2_000,
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        5_000,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        Math.toIntExact(config.journal().delivery().toMillis()),
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        32L << 20,
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        4 << 20);
        producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /// Asks Kafka where the topics are, so that the first answer need not wait for it.
    void warm() {
        try {
            for (Topics topic : List.of(Topics.COMPLETIONS, Topics.FEEDBACK, Topics.SWAPS)) {
                producer.partitionsFor(topic.topic());
            }
        } catch (KafkaException e) {
            LOG.warnf("Kafka does not answer yet: %s", e.getMessage());
        }
    }

    /// Sends an event; may block for two seconds where Kafka has not been seen yet.
    ///
    /// @return done once Kafka has it, exceptionally where it has not taken it in time
    public CompletableFuture<RecordMetadata> send(
            Topics topic, Event event, Map<String, String> headers) {
        return send(topic.topic(), event.key(), EventCodec.encode(event), headers);
    }

    /// Sends an event that was on disk meanwhile.
    CompletableFuture<RecordMetadata> send(SpooledEvent event) {
        return send(event.topic(), event.key(), event.body(), event.headers());
    }

    private CompletableFuture<RecordMetadata> send(
            String topic, String key, byte[] body, Map<String, String> headers) {
        CompletableFuture<RecordMetadata> acknowledged = new CompletableFuture<>();
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), body);
        headers.forEach((name, value) ->
                record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        try {
            producer.send(
                    record,
                    (metadata, failure) -> {
                        if (failure == null) {
                            acknowledged.complete(metadata);
                        } else {
                            acknowledged.completeExceptionally(failure);
                        }
                    });
        } catch (KafkaException | IllegalStateException e) {
            acknowledged.completeExceptionally(e);
        }
        return acknowledged;
    }

    /// Sends an event and waits until Kafka has it.
    ///
    /// @throws KafkaAwayException where that takes longer than `limit`
    public RecordMetadata write(Topics topic, Event event, Duration limit)
            throws KafkaAwayException {
        try {
            return send(topic, event, Map.of()).get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new KafkaAwayException(
                    "Kafka has not taken an event for %s within %d ms"
                            .formatted(topic.topic(), limit.toMillis()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaAwayException("interrupted while Kafka took an event", e);
        }
    }

    /// Sends what is buffered and lets go of Kafka.
    void close(Duration limit) {
        producer.close(limit);
    }
}
