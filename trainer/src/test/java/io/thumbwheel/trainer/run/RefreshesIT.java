package io.thumbwheel.trainer.run;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thumbwheel.embedded.EmbeddedKafka;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.schemas.event.Event;
import io.thumbwheel.schemas.event.EventCodec;
import io.thumbwheel.schemas.event.Example.Outcome;
import io.thumbwheel.schemas.event.RolloutDecision;
import io.thumbwheel.schemas.event.RolloutState;
import io.thumbwheel.schemas.event.Split;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.trainer.ppo.Gold;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.KnownAnswers;
import io.thumbwheel.trainer.store.Import;
import io.thumbwheel.trainer.store.Lineage;
import io.thumbwheel.trainer.store.OnnxGraphs;
import io.thumbwheel.trainer.store.Publisher;
import io.thumbwheel.trainer.store.ReleaseMaker;
import io.thumbwheel.trainer.store.ReleaseStore;
import io.thumbwheel.trainer.store.TinyPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// A refresh whose process dies, on a real broker: each "process" is a new set of objects on the
/// same folders.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RefreshesIT {
    @TempDir static Path folder;
    private EmbeddedKafka kafka;
    private KafkaClients clients;
    private Producer<byte[], byte[]> producer;
    private ReleaseStore store;
    private Publisher publisher;

    @BeforeAll
    @SuppressWarnings("MustBeClosedChecker") // closed in stop()
    void start() throws IOException {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0, 0);
        kafka.createTopics();
        clients = new KafkaClients(kafka.bootstrap());
        producer = clients.producer();
        store = ReleaseStore.open(folder.resolve("releases"), Clock.systemUTC());
        publisher = new Publisher(clients::consumer, producer, Clock.systemUTC());
        Import importer = new Import(store, new ReleaseMaker(store, new OnnxGraphs()));
        ReleaseManifest first = importer.reference(TinyPolicy.write(folder.resolve("policy"), 1));
        publisher.promote(first.id(), "", "import", "first");
    }

    @AfterAll
    void stop() {
        producer.close();
        kafka.close();
    }

    @Test
    void aKilledRunGoesOnWithTheSameDataAndPublishesOnce() throws Exception {
        String run;
        RolloutState before = publisher.state();
        FakeLearner killed = new FakeLearner(2);
        try (Process process = new Process(killed)) {
            examples(process.dataset, 0, 6);
            run = process.refreshes.begin(RefreshRequest.parse("{\"seed\":9,\"steps\":4}")).run();
            await().atMost(30, SECONDS).until(() -> stepOf(process, run) == 2);
            assertThatThrownBy(() -> process.refreshes.begin(RefreshRequest.parse("")))
                    .isInstanceOf(RefreshConflictException.class)
                    .hasMessageContaining(run + " runs");
        }

        FakeLearner resumed = new FakeLearner();
        RunRecord ended;
        try (Process process = new Process(resumed)) {
            examples(process.dataset, 6, 3);
            process.refreshes.resume();
            ended = endOf(process, run);
        }

        assertThat(ended.state()).isEqualTo(RunRecord.State.PROMOTED);
        assertThat(ended.attempts()).isEqualTo(2);
        assertThat(resumed.inputs()).isEqualTo(killed.inputs());
        assertThat(resumed.inputs().getFirst().examples()).hasSize(6);
        ReleaseManifest release = store.ofRun(run).orElseThrow();
        assertThat(release.id()).isEqualTo(ended.release());
        assertThat(release.parent()).isEqualTo(before.primary().orElseThrow());
        assertThat(release.klToReference()).isEqualTo(2.5);
        assertThat(release.lineage())
                .containsEntry(Lineage.DATASET, ended.spec().datasetHash())
                .containsEntry(Lineage.SEED, "9")
                .containsEntry(Lineage.KL_COEFFICIENT, "0.04");
        assertThat(publisher.state().primary()).contains(release.id());
        assertThat(publisher.state().revision()).isEqualTo(before.revision() + 1);

        // Killed after the decision, before the end was noted: nothing is made or decided twice.
        try (Process process = new Process(new FakeLearner())) {
            RunRecord again =
                    new RunRecord(
                            ended.spec(),
                            RunRecord.State.RUNNING,
                            2,
                            ended.progress(),
                            null,
                            null,
                            null);
            process.runs.save(again);
            process.refreshes.resume();
            assertThat(endOf(process, run).release()).isEqualTo(release.id());
        }
        assertThat(publisher.state().revision()).isEqualTo(before.revision() + 1);
        assertThat(store.list()).filteredOn(made -> made.sequence() > release.sequence()).isEmpty();
    }

    @Test
    void theGoldSetIsFrozenOnceAndTheNextRewardModelIsMeasuredBesideTheLast() throws Exception {
        RefreshRequest request =
                RefreshRequest.parse(
                        "{\"steps\":1,\"config\":{\"goldPairs\":3,\"halfLife\":\"P7D\"}}");
        FakeLearner learner = new FakeLearner();
        try (Process process = new Process(learner, "gold", Clock.systemUTC())) {
            append(process.dataset, 0, Records.preference("e0", Outcome.TIE, Split.TEST, "t"));
            append(process.dataset, 1, Records.preference("e1", Outcome.A, Split.TEST, "t"));
            append(process.dataset, 2, Records.preference("e2", Outcome.B, Split.TEST, "t"));
            append(process.dataset, 3, Records.preference("e3", Outcome.A, Split.TEST, "t"));
            String first = process.refreshes.begin(request).run();
            RunRecord made = endOf(process, first);
            append(process.dataset, 4, Records.preference("e4", Outcome.A, Split.TEST, "t"));
            append(process.dataset, 5, Records.preference("e5", Outcome.A, Split.TRAIN));
            append(process.dataset, 6, Records.withdrawn("e1", "t"));

            RunRecord next = endOf(process, process.refreshes.begin(request).run());

            assertThat(learner.inputs().getFirst().gold().ids()).containsExactly("e1", "e2", "e3");
            assertThat(learner.inputs().getFirst().gold().earlier()).isEmpty();
            Gold gold = learner.inputs().getLast().gold();
            assertThat(gold.ids()).containsExactly("e1", "e2", "e3");
            Gold.Coach earlier = gold.earlier().orElseThrow();
            assertThat(earlier.release()).isEqualTo(made.release());
            assertThat(earlier.folder()).isEqualTo(process.coaches.folder(first));
            assertThat(store.ofRun(next.run()).orElseThrow().lineage())
                    .containsEntry(Lineage.GOLD, gold.digest())
                    .containsEntry(Lineage.GOLD_AGAINST, made.release())
                    .hasEntrySatisfying(
                            Lineage.CONFIG,
                            config -> assertThat(config).contains("\"halfLife\":\"PT168H\""));
            assertThat(store.ofRun(first).orElseThrow().lineage())
                    .containsEntry(Lineage.GOLD, gold.digest())
                    .doesNotContainKey(Lineage.GOLD_AGAINST);
            assertThat(process.coaches.folder(next.run()).resolve("normalisation.json")).exists();
        }
    }

    @Test
    void knownAnswersReachTheLearnerAndTheLineage() throws Exception {
        FakeLearner learner = new FakeLearner();
        try (Process process = new Process(learner, "truth", Clock.systemUTC())) {
            append(process.dataset, 0, Records.preference("e0", Outcome.A, Split.TRAIN));
            append(process.dataset, 1, Records.preference("e1", Outcome.A, Split.TRAIN));
            append(process.dataset, 2, Records.preference("e2", Outcome.A, Split.TRAIN));
            append(process.dataset, 3, Records.preference("e3", Outcome.A, Split.TRAIN));
            Files.writeString(
                    folder.resolve("truth").resolve(TruthFile.NAME),
                    "{\"prompt\":\"Where?\",\"answers\":[\"Paris\"]}\nParis\n");
            RefreshRequest request = RefreshRequest.parse("{\"steps\":1}");

            RunRecord made = endOf(process, process.refreshes.begin(request).run());

            KnownAnswers known = learner.inputs().getFirst().known();
            List<Integer> prompt = known.prompts().getFirst();
            List<Integer> answer = "Paris".chars().map(letter -> 8 + letter).boxed().toList();
            assertThat(
                            known.mixedInto(answers -> new double[answers.size()], 0.5)
                                    .scores(List.of(new Answer(prompt, answer))))
                    .containsExactly(0.5);
            assertThat(store.ofRun(made.run()).orElseThrow().lineage().get(Lineage.KNOWN_ANSWERS))
                    .hasSize(64);
            StepLog.Step complaint = process.runs.steps(made.run()).getFirst();
            assertThat(complaint.phase()).isEqualTo("truth");
            assertThat(complaint.metrics()).containsExactly(Map.entry("truth/left_out", 1.0));
            assertThat(complaint.note())
                    .contains("not JSON, left out: 1 row")
                    .contains(TruthFile.NAME + ":2");
        }
    }

    @Test
    void aPinnedRolloutKeepsItsPrimary() throws Exception {
        RolloutState state = publisher.state();
        String primary = state.primary().orElseThrow();
        decide(state, primary, true);
        try (Process process = new Process(new FakeLearner())) {
            examples(process.dataset, 0, 6);
            String run = process.refreshes.begin(RefreshRequest.parse("{\"steps\":1}")).run();

            RunRecord ended = endOf(process, run);

            assertThat(ended.state()).isEqualTo(RunRecord.State.PUBLISHED);
            assertThat(ended.reason()).startsWith("the rollout is pinned to " + primary);
            assertThat(publisher.state().primary()).contains(primary);
        } finally {
            decide(publisher.state(), primary, false);
        }
    }

    @Test
    void dataThatHasNotArrivedIsAConflict() throws Exception {
        try (Process process = new Process(new FakeLearner())) {
            examples(process.dataset, 0, 6);

            assertThatThrownBy(() ->
                            process.refreshes.begin(
                                    RefreshRequest.parse("{\"examples_until\":{\"0\":1000}}")))
                    .isInstanceOf(RefreshConflictException.class)
                    .hasMessageContaining("asked was 1000; wait until GET /v1/dataset shows it");
        }
    }

    @Test
    void refreshesBeginByCountAndByTime() throws Exception {
        SetClock clock = new SetClock(Instant.parse("2026-05-01T10:00:00Z"));
        RefreshTriggers triggers = new RefreshTriggers(3, Optional.of(Duration.ofHours(1)));
        try (Process process = new Process(new FakeLearner(), "triggered", clock)) {
            RefreshSchedule schedule = process.schedule(triggers);
            clock.move(Duration.ofMinutes(59));
            examples(process.dataset, 0, 2);
            assertThat(schedule.look()).isEmpty();

            examples(process.dataset, 2, 1);
            RunRecord byCount = schedule.look().orElseThrow();

            assertThat(byCount.spec().trigger()).isEqualTo(Trigger.COUNT);
            assertThat(byCount.spec().dataset()).containsExactly(Map.entry("train", 3L));
            assertThat(endOf(process, byCount.run()).reason())
                    .isEqualTo("4 examples are needed, there are 3");

            // The same data is not learned from again, whatever the time.
            clock.move(Duration.ofHours(2));
            assertThat(schedule.look()).isEmpty();

            examples(process.dataset, 3, 1);
            RunRecord byTime = schedule.look().orElseThrow();

            assertThat(byTime.spec().trigger()).isEqualTo(Trigger.TIME);
            assertThat(endOf(process, byTime.run()).state()).isEqualTo(RunRecord.State.PROMOTED);
            examples(process.dataset, 4, 2);
            assertThat(schedule.look()).isEmpty();
        }
    }

    @Test
    void whileOneRunsNothingBegins() throws Exception {
        SetClock clock = new SetClock(Instant.parse("2026-05-01T10:00:00Z"));
        try (Process process = new Process(new FakeLearner(1), "busy", clock)) {
            RefreshSchedule schedule = process.schedule(new RefreshTriggers(3, Optional.empty()));
            examples(process.dataset, 0, 6);
            String run = schedule.look().orElseThrow().run();
            await().atMost(30, SECONDS).until(() -> stepOf(process, run) == 1);

            examples(process.dataset, 6, 6);

            assertThat(schedule.look()).isEmpty();
        }
    }

    @Test
    void aDecisionMadeAgainstAnotherPrimaryDoesNotCount() {
        RolloutState before = publisher.state();

        Publisher.Verdict verdict = publisher.promote("r9-00000000", "r8-00000000", "test", "");

        assertThat(verdict).isEqualTo(new Publisher.Verdict.Moved(before.primary().orElseThrow()));
        assertThat(publisher.state()).isEqualTo(before);
    }

    private void decide(RolloutState state, String primary, boolean pinned) throws Exception {
        RolloutDecision decision =
                new RolloutDecision(
                        Publisher.CHANNEL,
                        Clock.systemUTC().instant(),
                        state.revision(),
                        primary,
                        null,
                        0,
                        null,
                        0,
                        pinned,
                        "operator",
                        "test");
        producer.send(new ProducerRecord<>(Topics.RELEASES.topic(), EventCodec.encode(decision)))
                .get(30, SECONDS);
    }

    private static void append(Dataset dataset, long offset, Event example) {
        dataset.append(
                List.of(Records.record(Topics.EXAMPLES, 0, offset, example)),
                Map.of(new TopicPartition(Topics.EXAMPLES.topic(), 0), offset + 1));
    }

    /// Adds `count` examples at the end of partition 0, without Kafka.
    private static void examples(Dataset dataset, long from, int count) {
        TopicPartition partition = new TopicPartition(Topics.EXAMPLES.topic(), 0);
        dataset.append(
                IntStream.range(0, count)
                        .mapToObj(i ->
                                Records.record(
                                        Topics.EXAMPLES,
                                        0,
                                        from + i,
                                        Records.preference(
                                                "e" + (from + i), Outcome.A, Split.TRAIN)))
                        .toList(),
                Map.of(partition, from + count));
    }

    private static int stepOf(Process process, String run) {
        return process.runs.find(run).orElseThrow().progress().step();
    }

    private static RunRecord endOf(Process process, String run) {
        await().atMost(60, SECONDS)
                .until(() ->
                        process.runs.find(run).orElseThrow().state() != RunRecord.State.RUNNING);
        return process.runs.find(run).orElseThrow();
    }

    /// What lives in one process of the trainer.
    private final class Process implements AutoCloseable {
        final Dataset dataset;
        final KeptCoaches coaches;
        final RunLog runs;
        final Refreshes refreshes;
        private final Clock clock;
        private final TrainingThread thread = new TrainingThread();

        Process(Learner learner) throws IOException {
            this(learner, "state", Clock.systemUTC());
        }

        Process(Learner learner, String state, Clock clock) throws IOException {
            this.clock = clock;
            dataset = Dataset.open(folder.resolve(state).resolve("dataset.duckdb"));
            coaches = KeptCoaches.open(folder.resolve(state).resolve("coaches"));
            runs = RunLog.open(folder.resolve(state).resolve("runs"));
            refreshes =
                    new Refreshes(
                            new RunPlan(dataset, store, publisher, clock, 10),
                            runs,
                            new RefreshJob(
                                    new RunData(
                                            dataset,
                                            store,
                                            new GoldSet(folder.resolve(state).resolve("gold.json")),
                                            new TruthFile(
                                                    folder.resolve(state).resolve(TruthFile.NAME)),
                                            coaches),
                                    learner,
                                    store,
                                    new ReleaseMaker(store, new OnnxGraphs()),
                                    publisher),
                            thread,
                            new ProgressJournal(
                                    producer, new SimpleMeterRegistry(), Clock.systemUTC()));
        }

        RefreshSchedule schedule(RefreshTriggers triggers) {
            return new RefreshSchedule(triggers, dataset, runs, refreshes, clock);
        }

        @Override
        public void close() throws InterruptedException {
            refreshes.stop();
            thread.stop(Duration.ofSeconds(20));
            dataset.close();
        }
    }
}
