package io.thumbwheel.feedback.stream;

import io.thumbwheel.feedback.FeedbackConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/// Settings of Kafka Streams: exactly once, quick to commit, quick to come back.
final class StreamSettings {
    /// Also the consumer group and the prefix of the topics that the join makes for itself.
    static final String APPLICATION = "internal.feedback";

    /// How often it commits while nobody waits; the processor asks for more where somebody does.
    private static final long CATCH_UP_COMMIT_MILLIS = 1_000;

    /// Examples of one completion say much of the same, so that large batches are small ones on the
    /// wire; and the broker takes them as they are, since its topics are zstd too.
    private static final int BATCH_BYTES = 256 << 10;

    private StreamSettings() {}

    static Properties of(FeedbackConfig config) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, config.kafka());
        settings.put(
                StreamsConfig.STATE_DIR_CONFIG,
                config.state().resolve("streams").toAbsolutePath().toString());
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, config.streamThreads());
        settings.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, config.standbys());
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, CATCH_UP_COMMIT_MILLIS);
        config.replication()
                .ifPresent(replicas ->
                        settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, replicas));
        config.address()
                .ifPresent(own -> settings.put(StreamsConfig.APPLICATION_SERVER_CONFIG, own));
        // Every example goes out as it is said; a cache would only hold the newest back.
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, SmallStores.class);
        settings.put(
                StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "zstd");
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), BATCH_BYTES);
        // A killed instance that comes back under its name is at work at once; without one, its
        // partitions wait until the group has missed it for this long.
        settings.put(
                StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG),
                config.instance());
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 6_000);
        settings.put(
                StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 2_000);
        Properties properties = new Properties();
        properties.putAll(settings);
        return properties;
    }
}
