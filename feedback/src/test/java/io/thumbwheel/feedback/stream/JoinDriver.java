package io.thumbwheel.feedback.stream;

import static io.thumbwheel.feedback.Talk.served;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thumbwheel.feedback.Talk;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.Event;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.Example.Withdrawn;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.schemas.event.UnreadableEventException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// The join over topics in memory.
abstract class JoinDriver {
    static final String RATER = "rater";

    @TempDir Path folder;

    private TopologyTestDriver driver;
    private TestInputTopic<String, byte[]> completions;
    private TestInputTopic<String, byte[]> feedback;
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final CompletionId two = Talk.id("talk", 2);

    @BeforeEach
    void start() {
        Properties settings = new Properties();
        settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, SmallStores.class);
        driver =
                new TopologyTestDriver(
                        FeedbackTopology.build(
                                new StreamLimits(
                                        Duration.ofDays(31),
                                        Duration.ofDays(400),
                                        2,
                                        Duration.ofMillis(100)),
                                new StreamCounts(registry)),
                        settings,
                        Talk.NOW);
        completions = input(Topics.COMPLETIONS);
        feedback = input(Topics.FEEDBACK);
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    private TestInputTopic<String, byte[]> input(Topics topic) {
        return driver.createInputTopic(
                topic.topic(), new StringSerializer(), new ByteArraySerializer());
    }

    final void send(Event event) {
        (event instanceof CompletionServed ? completions : feedback)
                .pipeInput(event.key(), EventCodec.encode(event));
    }

    /// A completion that comes at a time of its own.
    final void send(CompletionServed served, Instant at) {
        completions.pipeInput(served.key(), EventCodec.encode(served), at);
    }

    /// What may be no event.
    final void sendRaw(Topics topic, String text) {
        input(topic).pipeInput("0000", text.getBytes(StandardCharsets.UTF_8));
    }

    private final List<Example> seen = new ArrayList<>();

    final List<Example> examples() {
        List<Example> examples = read(Topics.EXAMPLES).stream().map(Example.class::cast).toList();
        seen.addAll(examples);
        return examples;
    }

    /// The compacted view of all examples so far, less those withdrawn.
    final Map<String, Example> live() {
        examples();
        Map<String, Example> live = new LinkedHashMap<>();
        seen.forEach(example -> live.put(example.id(), example));
        live.values().removeIf(Withdrawn.class::isInstance);
        return live;
    }

    final List<Event> read(Topics topic) {
        return readRecords(topic).stream()
                .filter(record -> record.value() != null)
                .map(record -> decode(record.value()))
                .toList();
    }

    final List<TestRecord<String, byte[]>> readRecords(Topics topic) {
        return driver.createOutputTopic(
                        topic.topic(), new StringDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    private static Event decode(byte[] body) {
        try {
            return EventCodec.decode(body);
        } catch (UnreadableEventException e) {
            throw new AssertionError(e);
        }
    }

    final double count(String name) {
        return registry.get("thumbwheel.feedback." + name).counter().count();
    }
}
