package io.thumbwheel.feedback.stream;

import static io.thumbwheel.feedback.Talk.all;
import static io.thumbwheel.feedback.Talk.pick;
import static io.thumbwheel.feedback.Talk.said;
import static io.thumbwheel.feedback.Talk.served;
import static io.thumbwheel.feedback.Talk.thumb;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thumbwheel.embedded.EmbeddedKafka;
import io.thumbwheel.feedback.Log;
import io.thumbwheel.feedback.Talk;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.Event;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion.Pick.Verdict;
import io.thumbwheel.schemas.event.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The join is killed again and again, at moments drawn by chance, while events flow, and what
/// stands at the end is what an undisturbed run gives.
final class JoinRestartIT {
    private static final Logger LOG = Logger.getLogger(JoinRestartIT.class);
    private static final int CONVERSATIONS = 400;
    private static final int KILLS = 3;
    private static final Duration LONG = Duration.ofSeconds(90);

    @TempDir Path folder;

    @Test
    void killsLoseAndDoubleNothing() throws Exception {
        long seed = System.nanoTime();
        LOG.infof("kills at moments drawn with seed %d", seed);
        Random random = new Random(seed);
        List<Event> events = events(new Random(7));
        Map<String, String> undisturbed = undisturbed(events);
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0, 0);
                Log log = logOn(kafka)) {
            Process join = JoinProcess.start(kafka.bootstrap(), folder.resolve("state"));
            try {
                int part = events.size() / (KILLS + 1);
                for (int kill = 0; kill < KILLS; kill++) {
                    int wanted = log.read(Topics.EXAMPLES).size() + 1 + random.nextInt(150);
                    write(log, events.subList(kill * part, (kill + 1) * part));
                    await().atMost(LONG).until(() -> log.read(Topics.EXAMPLES).size() >= wanted);
                    join.destroyForcibly().waitFor();

                    int done = log.read(Topics.EXAMPLES).size();
                    long start = System.nanoTime();
                    join = JoinProcess.start(kafka.bootstrap(), folder.resolve("state"));
                    write(log, events.subList((kill + 1) * part, (kill + 1) * part + 10));
                    await().atMost(LONG).until(() -> log.read(Topics.EXAMPLES).size() > done);
                    LOG.infof(
                            "at work again %d ms after a kill",
                            (System.nanoTime() - start) / 1_000_000);
                }
                write(log, events.subList(KILLS * part, events.size()));

                await().atMost(LONG)
                        .untilAsserted(() ->
                                assertThat(live(log.compacted(Topics.EXAMPLES)))
                                        .isEqualTo(undisturbed));
            } finally {
                join.destroyForcibly().waitFor();
            }
        }
    }

    /// Some are written twice, which changes nothing.
    private static void write(Log log, List<Event> events) {
        events.forEach(event -> log.write(topic(event), event));
        log.flush();
    }

    private static Log logOn(EmbeddedKafka kafka) {
        kafka.createTopics();
        return new Log(kafka.bootstrap());
    }

    private static Topics topic(Event event) {
        return event instanceof FeedbackGiven ? Topics.FEEDBACK : Topics.COMPLETIONS;
    }

    /// Completions with opinions before and after them, opinions that change, duplicates and
    /// retractions.
    private static List<Event> events(Random random) {
        List<Event> events = new ArrayList<>();
        for (int conversation = 0; conversation < CONVERSATIONS; conversation++) {
            CompletionId id = Talk.id("conversation " + conversation, 2);
            String rater = "rater-" + random.nextInt(12);
            FeedbackGiven first =
                    said(
                            new UUID(random.nextLong(), random.nextLong()).toString(),
                            id,
                            rater,
                            pick(all(id), Verdict.BOTH_BAD, -1));
            List<Event> talk = new ArrayList<>(List.of(served(id, "asker", true), first));
            if (random.nextBoolean()) {
                talk.add(said(id, rater, pick(id, random.nextInt(2))));
            }
            if (random.nextBoolean()) {
                talk.add(said(id, rater, thumb(id, 0, random.nextBoolean())));
            }
            if (random.nextInt(4) == 0) {
                talk.add(first);
                talk.add(said(id, rater, new Opinion.Retraction(first.id())));
            }
            if (random.nextBoolean()) {
                talk.add(talk.removeFirst());
            }
            events.addAll(talk);
        }
        return events;
    }

    private Map<String, String> undisturbed(List<Event> events) throws Exception {
        Properties settings = new Properties();
        settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.resolve("undisturbed").toString());
        Map<String, Event> newest = new TreeMap<>();
        try (TopologyTestDriver driver =
                new TopologyTestDriver(
                        FeedbackTopology.build(
                                StreamLimits.DEFAULT, new StreamCounts(new SimpleMeterRegistry())),
                        settings)) {
            for (Event event : events) {
                driver.createInputTopic(
                                topic(event).topic(),
                                new StringSerializer(),
                                new ByteArraySerializer())
                        .pipeInput(event.key(), EventCodec.encode(event));
            }
            for (byte[] body :
                    driver.createOutputTopic(
                                    Topics.EXAMPLES.topic(),
                                    new StringDeserializer(),
                                    new ByteArrayDeserializer())
                            .readValuesToList()) {
                Event example = EventCodec.decode(body);
                newest.put(example.key(), example);
            }
        }
        assertThat(newest).hasSizeGreaterThan(CONVERSATIONS);
        return live(newest);
    }

    /// Bodies of the examples that hold, by id.
    private static Map<String, String> live(Map<String, Event> newest) {
        Map<String, String> live = new TreeMap<>();
        newest.forEach((id, example) -> {
            if (!(example instanceof Example.Withdrawn)) {
                live.put(id, new String(EventCodec.encode(example), StandardCharsets.UTF_8));
            }
        });
        return live;
    }
}
