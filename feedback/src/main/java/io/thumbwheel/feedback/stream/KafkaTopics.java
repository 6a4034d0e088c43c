package io.thumbwheel.feedback.stream;

import io.thumbwheel.schemas.event.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Checks at start that Kafka is there and holds the topics as they must be.
final class KafkaTopics {
    private static final int ATTEMPT_MILLIS = 2_000;

    private KafkaTopics() {}

    /// Returns once all is well.
    ///
    /// @throws IllegalStateException where Kafka does not answer in time or a topic is wrong
    static void await(String bootstrap, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        try (Admin admin =
                Admin.create(
                        Map.of(
                                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrap,
                                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                                ATTEMPT_MILLIS,
                                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                                ATTEMPT_MILLIS))) {
            Map<String, Integer> partitions = new HashMap<>();
            while (partitions.isEmpty()) {
                partitions.putAll(partitions(admin, deadline, bootstrap));
            }
            Topics.mismatch(partitions)
                    .ifPresent(reason -> {
                        throw new IllegalStateException(
                                "Kafka at %s is not set up: %s. Start it with ./thumbwheel up, or create the topics as io.thumbwheel.schemas.event.Topics says"
                                        .formatted(bootstrap, reason));
                    });
        }
    }

    /// Partition counts of the topics that exist; empty where Kafka did not answer this time.
    private static Map<String, Integer> partitions(Admin admin, long deadline, String bootstrap) {
        Map<String, Integer> partitions = new HashMap<>();
        List<String> names = Stream.of(Topics.values()).map(Topics::topic).toList();
        for (var described : admin.describeTopics(names).topicNameValues().entrySet()) {
            try {
                partitions.put(
                        described.getKey(), within(described.getValue()).partitions().size());
            } catch (ExecutionException | TimeoutException e) {
                if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                    continue;
                }
                if (System.nanoTime() > deadline
                        || e instanceof ExecutionException
                                && !(e.getCause() instanceof RetriableException)) {
                    throw new IllegalStateException(
                            "Kafka does not answer at %s (THUMBWHEEL_KAFKA): is it running?"
                                    .formatted(bootstrap),
                            e);
                }
                return Map.of();
            }
        }
        if (partitions.isEmpty()) {
            throw new IllegalStateException(
                    "Kafka at %s has none of the platform's topics; ./thumbwheel up creates them"
                            .formatted(bootstrap));
        }
        return partitions;
    }

    private static <T> T within(KafkaFuture<T> future) throws ExecutionException, TimeoutException {
        try {
            return future.get(2L * ATTEMPT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped while waiting for Kafka", e);
        }
    }
}
