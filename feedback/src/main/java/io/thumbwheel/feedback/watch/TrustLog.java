package io.thumbwheel.feedback.watch;

import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.RaterTrust;
import io.thumbwheel.schemas.event.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// The way into `raters.v1`.
final class TrustLog implements AutoCloseable {
    private static final int BLOCK_MILLIS = 500;
    private static final int DELIVERY_MILLIS = 2_300;
    private static final int REQUEST_MILLIS = 2_000;

    private final Producer<byte[], byte[]> producer;

    TrustLog(String bootstrap) {
        producer =
                new KafkaProducer<>(
                        Map.of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                                ProducerConfig.ACKS_CONFIG, "all",
                                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true,
                                ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd",
                                ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCK_MILLIS,
                                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS,
                                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    /// Writes; returns when Kafka has all of it.
    ///
    /// @throws NotWrittenException where it has not within three seconds
    void write(Collection<RaterTrust> trust) throws NotWrittenException {
        List<Future<?>> sent = new ArrayList<>();
        try {
            for (RaterTrust one : trust) {
                sent.add(
                        producer.send(
                                new ProducerRecord<>(
                                        Topics.RATERS.topic(),
                                        one.key().getBytes(StandardCharsets.UTF_8),
                                        EventCodec.encode(one))));
            }
            for (Future<?> future : sent) {
                future.get(BLOCK_MILLIS + DELIVERY_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (KafkaException | ExecutionException | TimeoutException e) {
            throw new NotWrittenException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotWrittenException(e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofMillis(DELIVERY_MILLIS));
    }

    /// Kafka did not take it.
    static final class NotWrittenException extends Exception {
        private static final long serialVersionUID = 1;

        NotWrittenException(Throwable cause) {
            super("Kafka did not take the trust of raters: " + cause.getMessage(), cause);
        }
    }
}
