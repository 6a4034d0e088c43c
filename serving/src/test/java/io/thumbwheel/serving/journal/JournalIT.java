package io.thumbwheel.serving.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.thumbwheel.embedded.EmbeddedKafka;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.serving.EventsOf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The journal while a real Kafka goes and comes.
class JournalIT {
    @TempDir Path folder;

    private static void record(TestingJournal of, CompletionServed... answers) throws Exception {
        for (CompletionServed answer : answers) {
            Map<String, String> headers =
                    Map.of("traceparent", "of " + answer.choices().getFirst().text());
            of.journal().record(answer, headers).toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    private static CompletionServed answer(String conversation, int turn) {
        return TestingJournal.answer(conversation, "turn " + turn);
    }

    /// What stands in Kafka, each answer where it stands first.
    private static List<String> texts(String kafka, String conversation) {
        return EventsOf.kind(CompletionServed.class, Topics.COMPLETIONS, kafka).stream()
                .filter(served -> served.conversation().equals(conversation))
                .map(served -> served.choices().getFirst().text())
                .distinct()
                .toList();
    }

    /// The `traceparent` of each.
    private static List<String> traces(String kafka, String conversation) {
        String key = answer(conversation, 0).key();
        return EventsOf.headers("traceparent", key, Topics.COMPLETIONS, kafka).stream()
                .distinct()
                .toList();
    }

    private static HealthCheckResponse readiness(TestingJournal of) {
        return new JournalReadiness(of.journal()).call();
    }

    private static String state(TestingJournal of) {
        return String.valueOf(readiness(of).getData().orElseThrow().get("state"));
    }

    /// The disk as kill -9 leaves it: as it is now, with a record half-written.
    private static Path killed(Path state) throws IOException {
        Path image = state.resolveSibling("image");
        Files.createDirectories(image.resolve("journal"));
        try (Stream<Path> files = Files.list(state.resolve("journal"))) {
            for (Path file : files.toList()) {
                Path copy = Files.copy(file, image.resolve("journal").resolve(file.getFileName()));
                Files.write(copy, new byte[] {0, 0, 0, 99, 1}, StandardOpenOption.APPEND);
            }
        }
        return image;
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // Kafka goes away in the middle of the test
    void whatKafkaMissesWaitsOnDiskAndComesInOrderAlsoAfterAKill() throws Exception {
        Path state = folder.resolve("state");
        String kafka;
        Path image;
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), 0, 0)) {
            broker.createTopics();
            kafka = broker.bootstrap();
        }
        int port = Integer.parseInt(kafka.substring(kafka.indexOf(':') + 1));
        EmbeddedKafka first = EmbeddedKafka.start(folder.resolve("kafka"), port, 0);
        try (TestingJournal journal = new TestingJournal(kafka, state, "1M")) {
            record(journal, answer("warm", 0)); // the first may wait for Kafka's metadata
            await().atMost(Duration.ofSeconds(20)).until(() -> state(journal).equals("ok"));
            record(journal, answer("talk", 1));
            assertThat(texts(kafka, "talk")).containsExactly("turn 1");

            first.close();
            record(journal, answer("talk", 2), answer("other", 3));
            record(journal, answer("talk", 4), answer("talk", 5));

            assertThat(journal.journal().spooled()).isEqualTo(4);
            assertThat(journal.gauge("thumbwheel.journal.spool.events")).isEqualTo(4);
            assertThat(journal.gauge("thumbwheel.journal.spool.bytes")).isBetween(2e3, 4e3);
            assertThat(journal.gauge("thumbwheel.journal.spool.oldest.seconds")).isPositive();
            assertThat(state(journal)).isEqualTo("degraded");
            assertThat(readiness(journal).getStatus()).isEqualTo(HealthCheckResponse.Status.UP);
            image = killed(state);
        }

        try (TestingJournal journal = new TestingJournal(kafka, image, "1M")) {
            assertThat(journal.journal().spooled()).isEqualTo(4);
            record(journal, answer("talk", 6));
            assertThat(journal.journal().spooled()).isEqualTo(5);
            try (EmbeddedKafka again = EmbeddedKafka.start(folder.resolve("kafka"), port, 0)) {
                record(journal, answer("talk", 7));
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> journal.journal().spooled() == 0);
                record(journal, answer("talk", 8));

                assertThat(texts(again.bootstrap(), "talk"))
                        .containsExactly(
                                "turn 1", "turn 2", "turn 4", "turn 5", "turn 6", "turn 7",
                                "turn 8");
                assertThat(texts(kafka, "other")).containsExactly("turn 3");
                assertThat(traces(kafka, "talk"))
                        .containsExactly(
                                "of turn 1",
                                "of turn 2",
                                "of turn 4",
                                "of turn 5",
                                "of turn 6",
                                "of turn 7",
                                "of turn 8");
                await().until(() -> state(journal).equals("ok"));
                assertThat(journal.count("thumbwheel.journal.lost")).isZero();
            }
        }
        try (Stream<Path> left = Files.list(image.resolve("journal"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void manyAtOnceAreAllOnDiskBeforeTheyAreTold() throws Exception {
        try (TestingJournal journal = new TestingJournal(TestingJournal.AWAY, folder, "1M")) {
            List<CompletableFuture<Void>> told = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                told.add(
                        journal.journal()
                                .record(answer("talk" + i, i), Map.of())
                                .toCompletableFuture());
            }
            CompletableFuture.allOf(told.toArray(CompletableFuture[]::new))
                    .get(10, TimeUnit.SECONDS);

            assertThat(journal.count("thumbwheel.journal.spooled")).isEqualTo(200);
        }
        try (Spool spool = Spool.open(folder.resolve("journal"), 1)) {
            assertThat(spool.events()).isEqualTo(200);
        }
    }

    @Test
    void whatIsTooLargeForKafkaIsSetAsideAndHoldsNothingUp() throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), 0, 0);
                TestingJournal journal =
                        new TestingJournal(broker.bootstrap(), folder.resolve("state"), "64M")) {
            broker.createTopics();

            record(journal, TestingJournal.answer("talk", "x".repeat(5 << 20)), answer("talk", 2));
            await().atMost(Duration.ofSeconds(30)).until(() -> journal.journal().spooled() == 0);

            assertThat(texts(broker.bootstrap(), "talk")).containsExactly("turn 2");
            assertThat(journal.count("thumbwheel.journal.refused")).isEqualTo(1);
            try (Stream<Path> left = Files.list(folder.resolve("state/journal"))) {
                assertThat(left)
                        .singleElement()
                        .satisfies(
                                file -> assertThat(Files.size(file)).isBetween(5L << 20, 6L << 20));
            }
        }
    }
}
