package io.thumbwheel.feedback.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.feedback.Talk;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.Topics;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/// The way into the log, with the producer that Kafka has for tests.
final class FeedbackLogTest {
    private static final CompletionId TWO = Talk.id("talk", 2);
    private static final FeedbackGiven FEEDBACK = Talk.said(TWO, "rater", Talk.thumb(TWO, 0, true));

    private final MockProducer<String, byte[]> producer =
            new MockProducer<>(
                    false,
                    new RoundRobinPartitioner(),
                    new StringSerializer(),
                    new ByteArraySerializer());
    private final AtomicLong now = new AtomicLong();
    private final FeedbackLog log = new FeedbackLog(producer, 2, now::get);

    @Test
    void isDoneOnceKafkaHasIt() throws Exception {
        CompletableFuture<FeedbackGiven> appended = log.append(FEEDBACK);
        assertThat(appended).isNotDone();

        producer.completeNext();

        assertThat(appended).isCompletedWithValue(FEEDBACK);
        assertThat(producer.history())
                .singleElement()
                .satisfies(record -> {
                    assertThat(record.topic()).isEqualTo(Topics.FEEDBACK.topic());
                    assertThat(record.key()).isEqualTo(TWO.route());
                    assertThat(EventCodec.decode(record.value())).isEqualTo(FEEDBACK);
                });
    }

    @Test
    void failsAtOnceForAWhileAfterKafkaFailed() {
        CompletableFuture<FeedbackGiven> first = log.append(FEEDBACK);
        producer.errorNext(new TimeoutException("no answer"));

        CompletableFuture<FeedbackGiven> second = log.append(FEEDBACK);
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(501));
        CompletableFuture<FeedbackGiven> third = log.append(FEEDBACK);

        assertThat(first)
                .isCompletedExceptionally()
                .failsWithin(0, TimeUnit.SECONDS)
                .withThrowableThat()
                .withCauseInstanceOf(KafkaAwayException.class);
        assertThat(second).isCompletedExceptionally();
        assertThat(third).isNotDone();
        assertThat(producer.history()).hasSize(2);
    }

    @Test
    void takesNoMoreThanHasRoom() {
        log.append(FEEDBACK);
        log.append(FEEDBACK);

        assertThat(log.append(FEEDBACK)).isCompletedExceptionally();

        producer.completeNext();
        assertThat(log.append(FEEDBACK)).isNotDone();
    }
}
