package io.thumbwheel.feedback.stream;

import static io.thumbwheel.feedback.Talk.all;
import static io.thumbwheel.feedback.Talk.pick;
import static io.thumbwheel.feedback.Talk.said;
import static io.thumbwheel.feedback.Talk.served;
import static io.thumbwheel.feedback.Talk.thumb;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thumbwheel.feedback.Talk;
import io.thumbwheel.schemas.event.ChoiceRef;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.Event;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.Example.Preference;
import io.thumbwheel.schemas.event.Example.Rated;
import io.thumbwheel.schemas.event.Example.Response;
import io.thumbwheel.schemas.event.Example.Withdrawn;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion.Pick.Verdict;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.ImportedAnswers;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.event.PromptSeen;
import io.thumbwheel.schemas.event.RaterForgotten;
import io.thumbwheel.schemas.event.Split;
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
import java.util.UUID;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FeedbackTopologyTest {
    private static final String RATER = "rater";

    @TempDir Path folder;

    private TopologyTestDriver driver;
    private TestInputTopic<String, byte[]> completions;
    private TestInputTopic<String, byte[]> feedback;
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CompletionId two = Talk.id("talk", 2);

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

    @Test
    void joinsFeedbackThatComesAfterItsCompletion() {
        send(served(two, "asker", true));

        send(said(two, RATER, pick(two, 1)));

        assertThat(examples()).singleElement().isInstanceOf(Preference.class);
        assertThat(count("joined")).isEqualTo(1);
    }

    @Test
    void parksFeedbackThatComesBeforeItsCompletion() {
        send(said(two, RATER, pick(two, 1)));
        assertThat(examples()).isEmpty();
        assertThat(registry.get("thumbwheel.feedback.waiting").gauge().value()).isEqualTo(1);

        send(served(two, "asker", true));

        assertThat(examples()).singleElement().isInstanceOf(Preference.class);
        assertThat(registry.get("thumbwheel.feedback.waiting").gauge().value()).isZero();
    }

    @Test
    void aPickAcrossCompletionsWaitsForBoth() {
        CompletionId first = Talk.id("talk", 1);
        List<ChoiceRef> among = List.of(new ChoiceRef(first, 0), new ChoiceRef(two, 1));
        send(said(first, RATER, pick(among, Verdict.CHOSE, 1)));
        send(served(two, "asker", true));
        assertThat(examples()).isEmpty();

        send(served(first, "asker", true));

        assertThat(examples()).singleElement().isInstanceOf(Preference.class);
    }

    @Test
    void theSameFeedbackTwiceIsOneVote() {
        FeedbackGiven thumb = said(two, RATER, thumb(two, 0, true));
        send(served(two, "asker", true));

        send(thumb);
        send(thumb);
        send(served(two, "asker", true));

        assertThat(examples()).hasSize(1);
        assertThat(count("duplicates")).isEqualTo(2);
    }

    @Test
    void theNewestOpinionAboutAnItemWins() {
        send(served(two, "asker", true));
        send(said(two, RATER, pick(all(two), Verdict.BOTH_BAD, -1)));

        send(said(two, RATER, pick(two, 0)));

        Map<String, Example> live = live();
        assertThat(live.values())
                .singleElement()
                .isInstanceOfSatisfying(
                        Preference.class,
                        preference ->
                                assertThat(preference.outcome()).isEqualTo(Example.Outcome.A));
    }

    @Test
    void newestIsByOffsetAndNotByWhenItsCompletionCame() {
        CompletionId other = Talk.id("talk", 1);
        List<ChoiceRef> among = List.of(new ChoiceRef(two, 0), new ChoiceRef(other, 0));
        send(said(two, RATER, pick(among, Verdict.BOTH_BAD, -1)));
        send(said(two, RATER, thumb(two, 0, true)));
        send(served(two, "asker", true));

        send(served(other, "asker", true, Talk.PROMPT, "elsewhere"));

        assertThat(live().values())
                .filteredOn(Rated.class::isInstance)
                .extracting(example -> ((Rated) example).score())
                .containsExactlyInAnyOrder(1.0, 0.0);
    }

    @Test
    void oneRatersOpinionLeavesAnothersAlone() {
        send(served(two, "asker", true));

        send(said(two, RATER, pick(two, 0)));
        send(said(two, "somebody else", pick(two, 1)));

        assertThat(live()).hasSize(2);
    }

    @Test
    void aRetractionWithdraws() {
        FeedbackGiven bothBad = said(two, RATER, pick(all(two), Verdict.BOTH_BAD, -1));
        send(served(two, "asker", true));
        send(bothBad);
        assertThat(live()).hasSize(3);

        FeedbackGiven retraction = said(two, RATER, new Opinion.Retraction(bothBad.id()));
        send(retraction);

        assertThat(live()).isEmpty();
        send(bothBad);
        assertThat(live()).isEmpty();
    }

    @Test
    void aRetractionLeavesWhatOtherOpinionsSay() {
        FeedbackGiven bothBad = said(two, RATER, pick(all(two), Verdict.BOTH_BAD, -1));
        send(served(two, "asker", true));
        send(said(two, RATER, thumb(two, 0, true)));
        send(bothBad);

        send(said(two, RATER, new Opinion.Retraction(bothBad.id())));

        assertThat(live().values())
                .singleElement()
                .isInstanceOfSatisfying(
                        Rated.class, rated -> assertThat(rated.score()).isEqualTo(1.0));
    }

    @Test
    void aRetractionThatComesFirstCounts() {
        FeedbackGiven thumb = said(two, RATER, thumb(two, 0, true));
        send(served(two, "asker", true));

        send(said(two, RATER, new Opinion.Retraction(thumb.id())));
        send(thumb);

        assertThat(live()).isEmpty();
    }

    @Test
    void nobodyTakesBackWhatAnotherSaid() {
        FeedbackGiven thumb = said(two, RATER, thumb(two, 0, true));
        send(served(two, "asker", true));
        send(thumb);

        send(said(two, "somebody else", new Opinion.Retraction(thumb.id())));

        assertThat(live()).hasSize(1);
        assertThat(count("retractions.refused")).isEqualTo(1);
    }

    @Test
    void promptsGoOutOnceAndOnlyWithConsent() {
        send(served(two, "asker", true));
        send(served(Talk.id("elsewhere", 1), "another", true));
        send(served(Talk.id("private", 1), "asker", false));

        assertThat(read(Topics.PROMPTS))
                .containsExactly(
                        new PromptSeen(
                                PromptSeen.digestOf(Talk.PROMPT),
                                Talk.NOW,
                                Talk.PROMPT,
                                "asker",
                                Split.ofRater("asker")));
    }

    @Test
    void oneUserGivesABoundedNumberOfPrompts() {
        for (int token = 0; token < 3; token++) {
            send(served(Talk.id("talk", 1), "asker", true, List.of(1, token), "same"));
        }

        assertThat(read(Topics.PROMPTS))
                .extracting(event -> ((PromptSeen) event).promptIds())
                .containsExactly(List.of(1, 0), List.of(1, 1));
    }

    @Test
    void whatCannotBeReadIsKeptWithTheReason() {
        feedback.pipeInput("0000", "no event".getBytes(StandardCharsets.UTF_8));
        completions.pipeInput("0000", "{\"schema\":9}".getBytes(StandardCharsets.UTF_8));

        TestRecord<String, byte[]> dead = readRecords(Topics.FEEDBACK_DEAD).getFirst();
        assertThat(dead.key()).isEqualTo("0000");
        assertThat(new String(dead.value(), StandardCharsets.UTF_8)).isEqualTo("no event");
        assertThat(new String(dead.headers().lastHeader("reason").value(), StandardCharsets.UTF_8))
                .startsWith("not a readable event");
        assertThat(
                        new String(
                                readRecords(Topics.COMPLETIONS_DEAD)
                                        .getFirst()
                                        .headers()
                                        .lastHeader("reason")
                                        .value(),
                                StandardCharsets.UTF_8))
                .isEqualTo("schema must be 1, got 9");
    }

    @Test
    void forgetsWhatIsTooOld() {
        Instant longAgo = Talk.NOW.minus(Duration.ofDays(500));
        CompletionId old =
                new CompletionId(
                        new UUID(longAgo.toEpochMilli() << 16 | 0x7000, 1L << 63),
                        "abcd",
                        2,
                        "00000000000");
        send(served(two, "asker", true));
        send(served(old, "asker", true));
        send(said(old, RATER, thumb(old, 0, true)));
        assertThat(evicted()).isZero();

        completions.pipeInput(
                "later",
                EventCodec.encode(served(two, "asker", true)),
                Talk.NOW.plus(Duration.ofHours(2)));

        assertThat(evicted()).isEqualTo(2);
        send(said(two, RATER, thumb(two, 0, true)));
        assertThat(live()).hasSize(2);
    }

    @Test
    void importedAnswersComeWithTheirFeedbackOnce() {
        CompletionId id = CompletionId.imported("two answers", 2, Talk.SIGNING);
        FeedbackGiven given = imported(id, "f1", RATER);

        send(given);
        send(given);
        send(imported(id, "f2", "another"));

        assertThat(live().values())
                .hasSize(2)
                .allSatisfy(example -> {
                    Preference preference = (Preference) example;
                    assertThat(preference.promptIds()).isEmpty();
                    assertThat(preference.promptMessages())
                            .containsExactly(new Message("user", "Which?"));
                    assertThat(preference.b()).isEqualTo(new Response("that", null, null));
                    assertThat(preference.outcome()).isEqualTo(Example.Outcome.B);
                    assertThat(preference.provenance().raterKind()).isEqualTo(RaterKind.IMPORTED);
                });
        assertThat(count("duplicates")).isEqualTo(1);
    }

    @Test
    void importedAnswersAreForgottenByWhenTheyCame() {
        CompletionId id = CompletionId.imported("two answers", 2, Talk.SIGNING);
        send(served(two, "asker", true));
        send(imported(id, "f1", RATER));

        completions.pipeInput(
                "later",
                EventCodec.encode(served(Talk.id("talk", 1), "asker", true)),
                Talk.NOW.plus(Duration.ofDays(401)));

        assertThat(
                        registry.get("thumbwheel.feedback.forgotten")
                                .tag("what", "feedback")
                                .counter()
                                .count())
                .isEqualTo(1);
    }

    @Test
    void whoIsForgottenTakesOpinionsAndPromptsAlong() {
        send(served(two, "person", true));
        send(said(two, "person", thumb(two, 0, true)));
        send(said(two, "another", thumb(two, 1, true)));
        CompletionId others = Talk.id("elsewhere", 2);
        send(served(others, "another", true, List.of(1, 9), "other"));
        send(said(others, "person", pick(others, 1)));
        send(said(others, "another", pick(others, 0)));
        assertThat(live()).hasSize(4);

        send(new RaterForgotten("person", Instant.ofEpochMilli(two.mintedAt() + 1_000)));

        assertThat(live().values())
                .singleElement()
                .satisfies(
                        example -> assertThat(example.provenance().rater()).isEqualTo("another"));
        assertThat(readRecords(Topics.PROMPTS))
                .filteredOn(record -> record.value() == null)
                .extracting(TestRecord::key)
                .containsExactly(PromptSeen.digestOf(Talk.PROMPT));
        assertThat(readRecords(Topics.RATERS))
                .filteredOn(record -> record.value() == null)
                .extracting(TestRecord::key)
                .containsExactly("person");
        assertThat(count("deleted")).isEqualTo(3);
    }

    @Test
    void whatAForgottenPersonSaysLaterStartsAnew() {
        send(served(two, "another", true));
        send(said(two, "person", thumb(two, 0, true)));
        send(new RaterForgotten("person", Talk.NOW));

        send(said(two, "person", thumb(two, 0, false)));

        assertThat(live().values())
                .singleElement()
                .isInstanceOfSatisfying(Rated.class, rated -> assertThat(rated.score()).isZero());
    }

    @Test
    void aCompletionThatComesLateIsForgottenToo() {
        Instant after = Instant.ofEpochMilli(two.mintedAt() + 1_000);
        send(said(two, "another", thumb(two, 0, true)));
        send(new RaterForgotten("person", after));

        send(served(two, "person", true));

        assertThat(live()).isEmpty();
        assertThat(read(Topics.PROMPTS)).isEmpty();
    }

    private static FeedbackGiven imported(CompletionId id, String feedbackId, String rater) {
        return new FeedbackGiven(
                        feedbackId, Talk.NOW, id, rater, RaterKind.LABELER, true, pick(id, 1))
                .about(
                        new ImportedAnswers(
                                List.of(new Message("user", "Which?")), List.of("this", "that")));
    }

    private double evicted() {
        return registry.find("thumbwheel.feedback.forgotten").counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private TestInputTopic<String, byte[]> input(Topics topic) {
        return driver.createInputTopic(
                topic.topic(), new StringSerializer(), new ByteArraySerializer());
    }

    private void send(Event event) {
        (event instanceof CompletionServed ? completions : feedback)
                .pipeInput(event.key(), EventCodec.encode(event));
    }

    private final List<Example> seen = new ArrayList<>();

    private List<Example> examples() {
        List<Example> examples = read(Topics.EXAMPLES).stream().map(Example.class::cast).toList();
        seen.addAll(examples);
        return examples;
    }

    /// The compacted view of all examples so far, less those withdrawn.
    private Map<String, Example> live() {
        examples();
        Map<String, Example> live = new LinkedHashMap<>();
        seen.forEach(example -> live.put(example.id(), example));
        live.values().removeIf(Withdrawn.class::isInstance);
        return live;
    }

    private List<Event> read(Topics topic) {
        return readRecords(topic).stream()
                .filter(record -> record.value() != null)
                .map(record -> decode(record.value()))
                .toList();
    }

    private List<TestRecord<String, byte[]>> readRecords(Topics topic) {
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

    private double count(String name) {
        return registry.get("thumbwheel.feedback." + name).counter().count();
    }
}
