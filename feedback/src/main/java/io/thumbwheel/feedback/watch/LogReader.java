package io.thumbwheel.feedback.watch;

import io.thumbwheel.schemas.event.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads completions and feedback of a window and all of raters, every partition, committed records
/// only. In no consumer group: the state is in memory and rebuilt at each start. For one thread.
final class LogReader implements AutoCloseable {
    private static final Duration ASK = Duration.ofSeconds(30);
    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final List<Topics> TOPICS =
            List.of(Topics.RATERS, Topics.COMPLETIONS, Topics.FEEDBACK);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;

    /// @param since records written before are not read
    LogReader(String bootstrap, Instant since) {
        consumer = consumer(bootstrap);
        partitions =
                TOPICS.stream()
                        .flatMap(topic -> consumer.partitionsFor(topic.topic(), ASK).stream())
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.stream()
                .filter(partition -> !partition.topic().equals(Topics.RATERS.topic()))
                .forEach(partition -> times.put(partition, since.toEpochMilli()));
        // What is written from here on is read, also where nothing is new enough yet.
        Map<TopicPartition, Long> ends = consumer.endOffsets(times.keySet(), ASK);
        consumer.offsetsForTimes(times, ASK)
                .forEach((partition, found) ->
                        consumer.seek(
                                partition,
                                found == null ? ends.getOrDefault(partition, 0L) : found.offset()));
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrap) {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                        false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        2_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    ConsumerRecords<byte[], byte[]> poll(Duration patience) {
        return consumer.poll(patience);
    }

    /// Records that are there and not read yet.
    long lag() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, ASK);
        return partitions.stream()
                .mapToLong(partition ->
                        Math.max(
                                0,
                                ends.getOrDefault(partition, 0L)
                                        - consumer.position(partition, ASK)))
                .sum();
    }

    /// From another thread: ends a poll that waits.
    void wakeup() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(CLOSE));
    }
}
