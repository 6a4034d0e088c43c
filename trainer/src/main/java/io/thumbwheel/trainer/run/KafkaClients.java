package io.thumbwheel.trainer.run;

import io.thumbwheel.schemas.event.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Makes Kafka clients with the platform's settings.
///
/// @param bootstrap `host:port`, comma-separated
public record KafkaClients(String bootstrap) {

    /// A consumer without a group that sees committed records only. Where its position is unknown
    /// it fails instead of guessing.
    public Consumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "none",
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                        false,
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        5000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /// An idempotent producer with acks=all whose sends end within 30 s, one way or the other.
    public Producer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        true,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "zstd",
                        ProducerConfig.LINGER_MS_CONFIG,
                        5,
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        10_000,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        30_000,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        30_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /// Waits until the broker answers and has the topics as they must be.
    ///
    /// @throws IllegalStateException where it does not within `patience`
    public void awaitTopics(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        try (Admin admin =
                Admin.create(
                        Map.of(
                                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5_000,
                                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 4_000))) {
            Optional<String> wrong = mismatch(admin);
            while (wrong.isPresent()) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            "Kafka at %s is not ready after %s: %s; start it, or set THUMBWHEEL_KAFKA"
                                    .formatted(bootstrap, patience, wrong.get()));
                }
                TimeUnit.MILLISECONDS.sleep(200);
                wrong = mismatch(admin);
            }
        }
    }

    private static Optional<String> mismatch(Admin admin) throws InterruptedException {
        try {
            Set<String> wanted =
                    Stream.of(Topics.values()).map(Topics::topic).collect(Collectors.toSet());
            wanted.retainAll(admin.listTopics().names().get(5, TimeUnit.SECONDS));
            Map<String, Integer> partitions =
                    admin
                            .describeTopics(wanted)
                            .allTopicNames()
                            .get(5, TimeUnit.SECONDS)
                            .values()
                            .stream()
                            .collect(
                                    Collectors.toMap(
                                            TopicDescription::name,
                                            topic -> topic.partitions().size()));
            return Topics.mismatch(partitions);
        } catch (TimeoutException | ExecutionException e) {
            return Optional.of("it does not answer (%s)".formatted(e.getMessage()));
        }
    }
}
