package io.thumbwheel.trainer.run;

import io.thumbwheel.schemas.event.Event;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.PromptSeen;
import io.thumbwheel.schemas.event.RaterTrust;
import io.thumbwheel.schemas.event.Split;
import io.thumbwheel.schemas.event.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/// Events and log records for tests.
final class Records {
    private static final Instant AT = Instant.parse("2026-05-01T10:00:00Z");

    private Records() {}

    static Example preference(String id, Example.Outcome outcome, Split split) {
        return preference(id, outcome, split, "rater");
    }

    static Example preference(String id, Example.Outcome outcome, Split split, String rater) {
        return new Example.Preference(
                id,
                List.of(1, 3, 20, 4),
                new Example.Response("a", List.of(30, 2), "r0-00000000"),
                new Example.Response("b", List.of(31, 32, 2), "r0-00000000"),
                outcome,
                0,
                provenance(split, rater));
    }

    /// Of an answer to the message "hi", as the tiny policy's template writes it.
    static Example rated(String id, String release, double score, FeedbackGiven.RaterKind kind) {
        return new Example.Rated(
                id,
                List.of(1, 3, 8 + 'h', 8 + 'i', 4),
                new Example.Response("Hello!", List.of(30, 2), release),
                score,
                new Example.Provenance(List.of("f1"), "rater", kind, Split.TRAIN, AT));
    }

    static Example withdrawn(String id) {
        return withdrawn(id, "rater");
    }

    static Example withdrawn(String id, String rater) {
        return new Example.Withdrawn(id, provenance(Split.TRAIN, rater));
    }

    static PromptSeen prompt(String digest, Split split) {
        return new PromptSeen(digest, AT, List.of(1, 3, 21, 4), "owner", split);
    }

    static RaterTrust trust(String rater, double weight) {
        return new RaterTrust(rater, AT, weight, false, "test");
    }

    static ConsumerRecord<byte[], byte[]> record(
            Topics topic, int partition, long offset, Event event) {
        return record(topic, partition, offset, event.key(), EventCodec.encode(event));
    }

    static ConsumerRecord<byte[], byte[]> record(
            Topics topic, int partition, long offset, String key, byte @Nullable [] body) {
        return new ConsumerRecord<>(
                topic.topic(), partition, offset, key.getBytes(StandardCharsets.UTF_8), body);
    }

    private static Example.Provenance provenance(Split split, String rater) {
        return new Example.Provenance(
                List.of("f1"), rater, FeedbackGiven.RaterKind.SIMULATED, split, AT);
    }
}
