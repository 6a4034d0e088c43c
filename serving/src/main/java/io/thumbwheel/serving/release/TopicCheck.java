package io.thumbwheel.serving.release;

import io.thumbwheel.schemas.event.Topics;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Whether Kafka has the topics that the platform needs.
final class TopicCheck {
    private static final int LIMIT_MILLIS = 10_000;

    private TopicCheck() {}

    /// What is wrong with the topics, in words; empty where nothing is.
    ///
    /// @throws KafkaException where Kafka does not answer
    static Optional<String> run(String bootstrap) {
        Map<String, Object> settings =
                Map.of(
                        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        LIMIT_MILLIS,
                        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        LIMIT_MILLIS);
        Map<String, Integer> partitions = new HashMap<>();
        try (Admin admin = Admin.create(settings)) {
            Map<String, KafkaFuture<TopicDescription>> found =
                    admin.describeTopics(Arrays.stream(Topics.values()).map(Topics::topic).toList())
                            .topicNameValues();
            for (Map.Entry<String, KafkaFuture<TopicDescription>> topic : found.entrySet()) {
                describe(topic.getValue())
                        .ifPresent(count -> partitions.put(topic.getKey(), count));
            }
        }
        return Topics.mismatch(partitions);
    }

    private static Optional<Integer> describe(KafkaFuture<TopicDescription> topic) {
        try {
            return Optional.of(
                    topic.get(2L * LIMIT_MILLIS, TimeUnit.MILLISECONDS).partitions().size());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw new KafkaException(e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException(e);
        }
    }
}
