package io.thumbwheel.feedback.bench;

import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.Event;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Topics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// A log that the service has never seen, one completion of 300 tokens to nine opinions, from when
/// the first of it is joined until all of it is. Comes first: it needs a service without state.
final class ReplayPart implements BenchPart {
    private static final double BAR = 5_000;
    private static final int OPINIONS = 9;

    /// The heap that the service is given, the stores' 48 MB, and as much as the heap for all else.
    private static final double MEGABYTES = 688;

    private static final String GROUP = "internal.feedback";
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(8);

    private final int events;

    ReplayPart(int events) {
        this.events = events;
    }

    @Override
    public List<Figure> measure(BenchPlatform platform) throws IOException, InterruptedException {
        long written = write(platform);
        try (Admin admin =
                Admin.create(
                        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, platform.kafka()))) {
            platform.startFeedback();
            long begun = System.nanoTime();
            long atStart = joined(admin);
            long from = System.nanoTime();
            long now = atStart;
            while (now < written) {
                if (System.nanoTime() - begun > PATIENCE_NANOS) {
                    throw new IOException("only %d of %d were joined".formatted(now, written));
                }
                TimeUnit.MILLISECONDS.sleep(50);
                now = joined(admin);
            }
            double seconds = (System.nanoTime() - from) / 1e9;
            List<Figure> figures = new ArrayList<>();
            figures.add(
                    Figure.atLeast(
                            "replay of %,d events".formatted(written),
                            (written - atStart) / seconds,
                            BAR,
                            1,
                            "/s"));
            platform.mostResidentMegabytes()
                    .ifPresent(most ->
                            figures.add(
                                    Figure.within(
                                            "resident memory at most, replay",
                                            most,
                                            MEGABYTES,
                                            "MB")));
            return figures;
        }
    }

    private long write(BenchPlatform platform) {
        Samples samples = new Samples(platform.signing());
        long written = 0;
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(
                        Map.of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                platform.kafka(),
                                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                                "zstd"),
                        new StringSerializer(),
                        new ByteArraySerializer())) {
            for (long conversation = 0; written < events; conversation++) {
                CompletionId id = samples.id(conversation);
                send(producer, Topics.COMPLETIONS, samples.served(id));
                written++;
                for (int i = 0; i < OPINIONS; i++) {
                    send(producer, Topics.FEEDBACK, samples.thumb(id, written));
                    written++;
                }
            }
            producer.flush();
        }
        return written;
    }

    private static void send(KafkaProducer<String, byte[]> producer, Topics topic, Event event) {
        producer.send(new ProducerRecord<>(topic.topic(), event.key(), EventCodec.encode(event)));
    }

    private static long joined(Admin admin) throws IOException, InterruptedException {
        try {
            return admin
                    .listConsumerGroupOffsets(GROUP)
                    .partitionsToOffsetAndMetadata()
                    .get(10, TimeUnit.SECONDS)
                    .entrySet()
                    .stream()
                    .filter(place ->
                            place.getKey().topic().equals(Topics.COMPLETIONS.topic())
                                    || place.getKey().topic().equals(Topics.FEEDBACK.topic()))
                    .mapToLong(place -> place.getValue().offset())
                    .sum();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the join's place in the log cannot be read", e);
        }
    }
}
