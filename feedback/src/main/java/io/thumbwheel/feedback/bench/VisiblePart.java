package io.thumbwheel.feedback.bench;

import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

/// From a POST until a reader of committed examples has what came of it.
final class VisiblePart implements BenchPart {
    private static final int TIMES = 100;
    private static final double LIMIT_MILLIS = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Override
    public List<Figure> measure(BenchPlatform platform) throws IOException, InterruptedException {
        platform.startFeedback();
        Samples samples = new Samples(platform.signing());
        HttpLoad load = new HttpLoad(platform.port(), platform.key(), "application/json");
        double[] millis = new double[TIMES];
        try (KafkaConsumer<String, byte[]> examples = examples(platform.kafka());
                KafkaProducer<String, byte[]> completions =
                        new KafkaProducer<>(
                                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, platform.kafka()),
                                new StringSerializer(),
                                new ByteArraySerializer())) {
            for (int time = 0; time < TIMES; time++) {
                CompletionId about = samples.id(1_000 + time);
                completions.send(
                        new ProducerRecord<>(
                                Topics.COMPLETIONS.topic(),
                                about.route(),
                                EventCodec.encode(samples.served(about))));
                completions.flush();
                byte[] body = Samples.pick(about, "visible-" + time);
                long start = System.nanoTime();
                load.perSecond("/v1/feedback", 1, 0.000_001, _ -> body);
                awaitExample(examples, start);
                millis[time] = (System.nanoTime() - start) / 1e6;
            }
        }
        Arrays.sort(millis);
        return List.of(
                Figure.within("POST to example, median", millis[TIMES / 2], LIMIT_MILLIS, "ms"));
    }

    private static KafkaConsumer<String, byte[]> examples(String kafka) {
        KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                kafka,
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                "read_committed"),
                        new StringDeserializer(),
                        new ByteArrayDeserializer());
        List<TopicPartition> partitions =
                consumer.partitionsFor(Topics.EXAMPLES.topic()).stream()
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
        return consumer;
    }

    /// Nothing else writes examples meanwhile: the next one is it.
    private static void awaitExample(KafkaConsumer<String, byte[]> examples, long start)
            throws IOException {
        while (examples.poll(Duration.ofMillis(100)).isEmpty()) {
            if (System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(PATIENCE.toMillis())) {
                throw new IOException("no example within " + PATIENCE);
            }
        }
    }
}
