package io.thumbwheel.standalone.demo;

import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.SwapReport;
import io.thumbwheel.schemas.event.SwapReport.ReleaseApplied;
import io.thumbwheel.schemas.event.SwapReport.ReleaseRefused;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.schemas.event.UnreadableEventException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// What the serving replica says about its swaps, read from its topic.
record SwapLog(String kafka) {
    private static final TopicPartition SWAPS = new TopicPartition(Topics.SWAPS.topic(), 0);

    /// The report that a release was applied; waits for it.
    Optional<ReleaseApplied> applied(String release, Duration limit) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", kafka),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.assign(List.of(SWAPS));
            consumer.seekToBeginning(List.of(SWAPS));
            long end = System.nanoTime() + limit.toNanos();
            while (System.nanoTime() < end) {
                for (ConsumerRecord<byte[], byte[]> found : consumer.poll(Duration.ofMillis(200))) {
                    Optional<ReleaseApplied> report = appliedIn(found.value());
                    if (report.isPresent() && report.get().release().equals(release)) {
                        return report;
                    }
                }
            }
            return Optional.empty();
        }
    }

    private static Optional<ReleaseApplied> appliedIn(byte[] body) {
        try {
            return EventCodec.decode(body) instanceof SwapReport report
                    ? switch (report) {
                        case ReleaseApplied applied -> Optional.of(applied);
                        case ReleaseRefused _ -> Optional.empty();
                    }
                    : Optional.empty();
        } catch (UnreadableEventException e) {
            return Optional.empty();
        }
    }
}
