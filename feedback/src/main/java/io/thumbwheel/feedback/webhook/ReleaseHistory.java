package io.thumbwheel.feedback.webhook;

import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.RolloutDecision;
import io.thumbwheel.schemas.event.RolloutState;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.schemas.event.UnreadableEventException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// The decisions about releases, read from their beginning: they are few and kept for ever.
final class ReleaseHistory implements AutoCloseable {
    private static final TopicPartition PARTITION = new TopicPartition(Topics.RELEASES.topic(), 0);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Consumer<String, byte[]> consumer;

    ReleaseHistory(Consumer<String, byte[]> consumer) {
        this.consumer = consumer;
        consumer.assign(List.of(PARTITION));
    }

    /// The rollout in force before the record at `offset`, which exists.
    RolloutState before(long offset) {
        RolloutState state = RolloutState.EMPTY;
        consumer.seekToBeginning(List.of(PARTITION));
        while (consumer.position(PARTITION) < offset) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < offset) {
                    state = after(state, record);
                }
            }
        }
        return state;
    }

    private static RolloutState after(RolloutState state, ConsumerRecord<String, byte[]> record) {
        try {
            return EventCodec.decode(record.value()) instanceof RolloutDecision decision
                    ? state.after(decision)
                    : state;
        } catch (UnreadableEventException _) {
            return state;
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
