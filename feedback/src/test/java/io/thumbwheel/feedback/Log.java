package io.thumbwheel.feedback;

import io.thumbwheel.schemas.event.Event;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.schemas.event.UnreadableEventException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Writes and reads the topics of a running Kafka as the other services do.
public final class Log implements AutoCloseable {
    private final String bootstrap;
    private final KafkaProducer<String, byte[]> producer;
    private final KafkaConsumer<String, byte[]> consumer;

    public Log(String bootstrap) {
        this.bootstrap = bootstrap;
        producer =
                new KafkaProducer<>(
                        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
                        new StringSerializer(),
                        new ByteArraySerializer());
        consumer =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrap,
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                "read_committed"),
                        new StringDeserializer(),
                        new ByteArrayDeserializer());
    }

    public void write(Topics topic, Event event) {
        producer.send(new ProducerRecord<>(topic.topic(), event.key(), EventCodec.encode(event)));
    }

    public void writeBytes(Topics topic, byte[] body) {
        producer.send(new ProducerRecord<>(topic.topic(), "key", body));
    }

    public void flush() {
        producer.flush();
    }

    /// All committed events of a topic, partition by partition.
    public List<Event> read(Topics topic) {
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic.topic()).stream()
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, List<Event>> found = new HashMap<>();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("could not read to the end of " + topic.topic());
            }
            consumer.poll(Duration.ofMillis(100))
                    .forEach(record -> {
                        if (record.value() != null) {
                            found.computeIfAbsent(
                                            new TopicPartition(record.topic(), record.partition()),
                                            _ -> new ArrayList<>())
                                    .add(decode(record.value()));
                        }
                    });
        }
        return found.values().stream().flatMap(List::stream).toList();
    }

    /// Whether a consumer group has a place in the log.
    public boolean hasCommitted(String group) {
        try (Admin admin =
                Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap))) {
            return !admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get(10, TimeUnit.SECONDS)
                    .isEmpty();
        } catch (Exception e) {
            throw new AssertionError("the offsets of %s cannot be read".formatted(group), e);
        }
    }

    /// The newest event of each key.
    public Map<String, Event> compacted(Topics topic) {
        Map<String, Event> newest = new LinkedHashMap<>();
        read(topic).forEach(event -> newest.put(event.key(), event));
        return newest;
    }

    private static Event decode(byte[] body) {
        try {
            return EventCodec.decode(body);
        } catch (UnreadableEventException e) {
            throw new AssertionError(new String(body, StandardCharsets.UTF_8), e);
        }
    }

    @Override
    public void close() {
        producer.close();
        consumer.close();
    }
}
