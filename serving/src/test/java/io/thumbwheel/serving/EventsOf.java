package io.thumbwheel.serving;

import io.thumbwheel.schemas.event.Event;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.RolloutDecision;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.schemas.event.UnreadableEventException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// What stands in a topic, read and written as another service would.
public final class EventsOf {
    private EventsOf() {}

    /// All events of a topic, of one kind.
    public static <E extends Event> List<E> kind(Class<E> kind, Topics topic, String bootstrap) {
        List<E> events = new ArrayList<>();
        try {
            for (ConsumerRecord<byte[], byte[]> record : records(topic, bootstrap)) {
                Event event = EventCodec.decode(record.value());
                if (kind.isInstance(event)) {
                    events.add(kind.cast(event));
                }
            }
        } catch (UnreadableEventException e) {
            throw new AssertionError(e);
        }
        return events;
    }

    /// The values of a header with the records of a key.
    public static List<String> headers(String name, String key, Topics topic, String bootstrap) {
        return records(topic, bootstrap).stream()
                .filter(record -> new String(record.key(), StandardCharsets.UTF_8).equals(key))
                .map(record -> record.headers().lastHeader(name))
                .filter(Objects::nonNull)
                .map(header -> new String(header.value(), StandardCharsets.UTF_8))
                .toList();
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(Topics topic, String bootstrap) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed");
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(topic.topic()).stream()
                            .map(info -> new TopicPartition(info.topic(), info.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream()
                    .anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    /// Decides as the trainer does: that a release serves everybody.
    static void promote(String bootstrap, String release, long base) {
        RolloutDecision decision =
                new RolloutDecision(
                        "default",
                        Instant.parse("2026-01-01T00:00:00Z"),
                        base,
                        release,
                        null,
                        0,
                        null,
                        0,
                        false,
                        "trainer",
                        "test");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", bootstrap),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer.send(
                            new ProducerRecord<>(
                                    Topics.RELEASES.topic(),
                                    decision.key().getBytes(StandardCharsets.UTF_8),
                                    EventCodec.encode(decision)))
                    .get(10, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
