package io.thumbwheel.feedback.bench;

import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.EventCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Lines of bulk requests, beside what one producer of Kafka gets rid of: the loop of Kafka's
/// producer-perf-test, with records of the same size, acks=all and its other defaults.
final class BulkPart implements BenchPart {
    private static final String SCRATCH = "bench";
    private static final int LINES = 2_000;
    private static final int CONNECTIONS = 3;

    /// Of lines, the JVM goes on compiling what takes them for half a minute on two cores.
    private static final double WARM_UP_SECONDS = 40;

    private static final double SECONDS = 10;

    @Override
    public List<Figure> measure(BenchPlatform platform) throws IOException, InterruptedException {
        platform.startFeedback();
        Samples samples = new Samples(platform.signing());
        CompletionId about = samples.id(2);
        // First, while there is nothing to join.
        double producer = producer(platform.kafka(), EventCodec.encode(samples.thumb(about, 1)));
        HttpLoad load = new HttpLoad(platform.port(), platform.key(), "application/x-ndjson");
        load.perSecond("/v1/feedback", CONNECTIONS, WARM_UP_SECONDS, i -> lines(about, "warm", i));
        double bulk =
                LINES
                        * load.perSecond(
                                "/v1/feedback", CONNECTIONS, SECONDS, i -> lines(about, "bulk", i));
        return List.of(Figure.atLeast("bulk v. Kafka's own producer", bulk, producer, 0.4, "/s"));
    }

    private static byte[] lines(CompletionId about, String name, long request) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (int i = 0; i < LINES; i++) {
            lines.writeBytes(Samples.pick(about, name + "-" + request + "-" + i));
            lines.write('\n');
        }
        return lines.toByteArray();
    }

    private static double producer(String kafka, byte[] record) throws IOException {
        Map<String, Object> settings =
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka,
                        ProducerConfig.ACKS_CONFIG,
                        "all");
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka));
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(
                                settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            admin.createTopics(List.of(new NewTopic(SCRATCH, 4, (short) 1)))
                    .all()
                    .get(10, TimeUnit.SECONDS);
            send(producer, record, WARM_UP_SECONDS);
            return send(producer, record, SECONDS);
        } catch (Exception e) {
            throw new IOException("the producer could not be measured", e);
        }
    }

    private static double send(
            KafkaProducer<byte[], byte[]> producer, byte[] record, double seconds) {
        long start = System.nanoTime();
        long end = start + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        long sent = 0;
        while (System.nanoTime() < end) {
            producer.send(new ProducerRecord<>(SCRATCH, record));
            sent++;
        }
        producer.flush();
        return sent / ((System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1));
    }
}
