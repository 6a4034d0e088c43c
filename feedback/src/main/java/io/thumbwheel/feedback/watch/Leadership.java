package io.thumbwheel.feedback.watch;

import io.thumbwheel.schemas.event.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Says which of several replicas publishes: the owner of the one partition of the releases within
/// a consumer group that reads nothing. For a moment after a change there may be two; both write
/// the same, since what they write follows from the log. For one thread.
final class Leadership implements AutoCloseable {
    private static final String GROUP = "internal.trust";
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final KafkaConsumer<byte[], byte[]> member;

    Leadership(String bootstrap) {
        member =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrap,
                                ConsumerConfig.GROUP_ID_CONFIG,
                                GROUP,
                                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                false,
                                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                                false,
                                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                "latest",
                                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                                6_000,
                                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                                2_000),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        member.subscribe(List.of(Topics.RELEASES.topic()));
    }

    /// Whether this replica publishes. To be asked at least every five minutes.
    boolean held() {
        member.poll(Duration.ZERO);
        member.pause(member.assignment());
        return !member.assignment().isEmpty();
    }

    @Override
    public void close() {
        member.close(CloseOptions.timeout(CLOSE));
    }
}
