package io.thumbwheel.feedback.dead;

import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.schemas.event.UnreadableEventException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// The dead letters of a platform. A replay is exactly once: what goes back, what stays dead and
/// how far the replay has come are one transaction.
public final class DeadLetters implements AutoCloseable {
    /// All topics of dead letters.
    public static final List<Topics> TOPICS =
            List.of(Topics.COMPLETIONS_DEAD, Topics.FEEDBACK_DEAD, Topics.WEBHOOKS_DEAD);

    /// Where what could not be read came from, and what was not taken is sent from again.
    private static final Map<Topics, Topics> SOURCES =
            Map.of(
                    Topics.COMPLETIONS_DEAD, Topics.COMPLETIONS,
                    Topics.FEEDBACK_DEAD, Topics.FEEDBACK,
                    Topics.WEBHOOKS_DEAD, Topics.WEBHOOKS);

    private static final String GROUP = "internal.feedback.dead";
    private static final String REASON = "reason";
    private static final Duration POLL = Duration.ofMillis(500);
    private static final int BATCH = 500;

    private final String bootstrap;
    private final KafkaConsumer<byte[], byte[]> consumer;

    /// @param bootstrap of Kafka
    public DeadLetters(String bootstrap) {
        this.bootstrap = bootstrap;
        this.consumer =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrap,
                                ConsumerConfig.GROUP_ID_CONFIG,
                                GROUP,
                                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                false,
                                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                "earliest",
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                "read_committed",
                                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                                BATCH,
                                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                                10_000),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
    }

    /// A dead letter.
    ///
    /// @param topic where it lies
    /// @param offset there
    /// @param at when it was buried
    /// @param bytes its size
    /// @param reason why
    /// @param replayed whether a replay has dealt with it
    public record Letter(
            String topic, long offset, Instant at, int bytes, String reason, boolean replayed) {
        /// For people.
        public String line() {
            return "%s %d  %s  %,d bytes  %s%s"
                    .formatted(topic, offset, at, bytes, replayed ? "(replayed) " : "", reason);
        }
    }

    /// How a replay ended.
    ///
    /// @param replayed went back
    /// @param unreadable stayed dead
    public record Replayed(long replayed, long unreadable) {}

    /// All letters of one topic.
    public List<Letter> list(Topics topic) {
        TopicPartition partition = new TopicPartition(topic.topic(), 0);
        long done = committed(partition).orElse(0L);
        List<Letter> letters = new ArrayList<>();
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        while (consumer.position(partition) < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                letters.add(
                        new Letter(
                                topic.topic(),
                                record.offset(),
                                Instant.ofEpochMilli(record.timestamp()),
                                record.value() == null ? 0 : record.value().length,
                                reason(record),
                                record.offset() < done));
            }
        }
        return letters;
    }

    /// Puts back what can be read by now, and has webhooks sent again. What cannot be read is
    /// buried anew, behind all others, with the reason of now: a later replay looks at it again.
    public Replayed replay() {
        long replayed = 0;
        long unreadable = 0;
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            producer.initTransactions();
            for (Map.Entry<Topics, Topics> source : SOURCES.entrySet()) {
                TopicPartition grave = new TopicPartition(source.getKey().topic(), 0);
                consumer.assign(List.of(grave));
                consumer.seek(grave, committed(grave).orElseGet(() -> first(grave)));
                long end = consumer.endOffsets(List.of(grave)).getOrDefault(grave, 0L);
                while (consumer.position(grave) < end) {
                    Replayed batch = replay(grave, source.getValue(), end, producer);
                    replayed += batch.replayed();
                    unreadable += batch.unreadable();
                }
            }
        }
        return new Replayed(replayed, unreadable);
    }

    private Replayed replay(
            TopicPartition grave, Topics source, long end, KafkaProducer<byte[], byte[]> producer) {
        long replayed = 0;
        long unreadable = 0;
        producer.beginTransaction();
        for (ConsumerRecord<byte[], byte[]> letter : consumer.poll(POLL)) {
            if (letter.offset() >= end) {
                continue;
            }
            Optional<String> obstacle =
                    source == Topics.WEBHOOKS ? Optional.empty() : obstacle(letter.value());
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(
                            obstacle.isEmpty() ? source.topic() : grave.topic(),
                            null,
                            letter.key(),
                            letter.value(),
                            letter.headers().remove(REASON));
            obstacle.ifPresent(reason ->
                    record.headers().add(REASON, reason.getBytes(StandardCharsets.UTF_8)));
            producer.send(record);
            replayed += obstacle.isEmpty() ? 1 : 0;
            unreadable += obstacle.isEmpty() ? 0 : 1;
        }
        long next = Math.min(consumer.position(grave), end);
        consumer.seek(grave, next);
        producer.sendOffsetsToTransaction(
                Map.of(grave, new OffsetAndMetadata(next)), consumer.groupMetadata());
        producer.commitTransaction();
        return new Replayed(replayed, unreadable);
    }

    /// Why it still cannot be read.
    private static Optional<String> obstacle(byte @Nullable [] body) {
        if (body == null) {
            return Optional.of("the record has no body");
        }
        try {
            EventCodec.decode(body);
            return Optional.empty();
        } catch (UnreadableEventException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private Optional<Long> committed(TopicPartition partition) {
        return Optional.ofNullable(consumer.committed(Set.of(partition)).get(partition))
                .map(OffsetAndMetadata::offset);
    }

    private long first(TopicPartition partition) {
        return consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    private static String reason(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(REASON);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, GROUP);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void close() {
        consumer.close();
    }
}
