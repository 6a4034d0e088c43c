package io.thumbwheel.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.schemas.event.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaIT {
    private static final String TOPIC = Topics.COMPLETIONS.topic();

    @TempDir Path folder;

    @Test
    void committedTransactionsSurviveARestartAndAbortedOnesAreNotSeen() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 0, 0)) {
            kafka.createTopics();
            kafka.createTopics();
            try (KafkaProducer<String, String> producer = transactional(kafka.bootstrap())) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(TOPIC, "a", "committed"));
                producer.commitTransaction();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(TOPIC, "a", "aborted"));
                producer.abortTransaction();
            }
        }

        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 0, 0);
                KafkaConsumer<String, String> consumer = consumer(kafka.bootstrap())) {
            consumer.subscribe(List.of(TOPIC));
            List<String> values = new ArrayList<>();
            long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (values.isEmpty() && System.nanoTime() < end) {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(message -> values.add(message.value()));
            }
            consumer.poll(Duration.ofMillis(200)).forEach(message -> values.add(message.value()));

            assertThat(values).containsExactly("committed");
        }
    }

    @Test
    void topicsAreNeverMadeByAccident() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 0, 0);
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            assertThatThrownBy(() ->
                            admin.describeTopics(List.of("surprise"))
                                    .allTopicNames()
                                    .get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
            assertThat(admin.listTopics().names().get(10, TimeUnit.SECONDS)).isEmpty();
        }
    }

    private static KafkaProducer<String, String> transactional(String bootstrap) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "transactional.id", "test"),
                new StringSerializer(),
                new StringSerializer());
    }

    private static KafkaConsumer<String, String> consumer(String bootstrap) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrap,
                        "group.id", "test",
                        "auto.offset.reset", "earliest",
                        "isolation.level", "read_committed"),
                new StringDeserializer(),
                new StringDeserializer());
    }
}
