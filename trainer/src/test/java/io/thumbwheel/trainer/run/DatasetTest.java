package io.thumbwheel.trainer.run;

import static io.thumbwheel.trainer.run.Records.preference;
import static io.thumbwheel.trainer.run.Records.prompt;
import static io.thumbwheel.trainer.run.Records.record;
import static io.thumbwheel.trainer.run.Records.trust;
import static io.thumbwheel.trainer.run.Records.withdrawn;
import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.Example.Outcome;
import io.thumbwheel.schemas.event.Split;
import io.thumbwheel.schemas.event.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DatasetTest {
    private static final Topics EXAMPLES = Topics.EXAMPLES;

    @TempDir private Path folder;

    /// Partition 0: x opined, changed, y opined and withdrawn. Partition 1: z.
    private static List<ConsumerRecord<byte[], byte[]>> log() {
        return List.of(
                record(EXAMPLES, 0, 0, preference("x", Outcome.A, Split.TRAIN)),
                record(EXAMPLES, 0, 1, preference("y", Outcome.A, Split.TEST)),
                record(EXAMPLES, 0, 2, preference("x", Outcome.B, Split.TRAIN)),
                record(EXAMPLES, 0, 3, withdrawn("y")),
                record(EXAMPLES, 1, 0, preference("z", Outcome.TIE, Split.VALIDATION)),
                record(Topics.PROMPTS, 2, 0, prompt("p", Split.TRAIN)),
                record(Topics.RATERS, 3, 0, trust("rater", 0.25)));
    }

    @Test
    void knowsWhatItHeldAtAnyTime() throws IOException {
        try (Dataset dataset = Dataset.open(folder.resolve("d.duckdb"))) {
            dataset.append(log(), ends(4, 1));

            assertThat(dataset.holdsAny(List.of("y", "none"), Offsets.of(ends(2, 0)))).isTrue();
            assertThat(dataset.holdsAny(List.of("y", "none"), dataset.offsets())).isFalse();
            assertThat(dataset.holdsAny(List.of("y", "z"), dataset.offsets())).isTrue();
        }
    }

    @Test
    void theNewestOfAnExampleHoldsAndWithdrawnOnesAreGone() throws IOException {
        try (Dataset dataset = Dataset.open(folder.resolve("d.duckdb"))) {
            dataset.append(log(), ends(4, 1));

            DatasetSnapshot snapshot = dataset.snapshot(dataset.offsets());

            assertThat(snapshot.examples())
                    .containsExactly(
                            preference("x", Outcome.B, Split.TRAIN),
                            preference("z", Outcome.TIE, Split.VALIDATION));
            assertThat(snapshot.prompts()).containsExactly(prompt("p", Split.TRAIN));
            assertThat(snapshot.raters()).containsExactly(trust("rater", 0.25));
            DatasetCounts counts = dataset.counts(dataset.offsets());
            assertThat(counts.examples()).isEqualTo(2);
            assertThat(counts.bySplit())
                    .containsExactly(Map.entry("train", 1L), Map.entry("validation", 1L));
            assertThat(counts.byKind()).containsExactly(Map.entry("preference", 2L));
            assertThat(counts.prompts()).isEqualTo(1);
            assertThat(counts.raters()).isEqualTo(1);
        }
    }

    @Test
    void readingTheLogAgainChangesNothing() throws IOException {
        try (Dataset dataset = Dataset.open(folder.resolve("d.duckdb"))) {
            dataset.append(log(), ends(4, 1));
            DatasetSnapshot once = dataset.snapshot(dataset.offsets());

            dataset.append(log(), ends(4, 1));

            assertThat(dataset.snapshot(dataset.offsets())).isEqualTo(once);
        }
    }

    @Test
    void theHashDoesNotDependOnTheOrderOfPartitionsOrOnRestarts() throws IOException {
        String inOrder;
        try (Dataset dataset = Dataset.open(folder.resolve("a.duckdb"))) {
            dataset.append(log(), ends(4, 1));
            inOrder = dataset.snapshot(dataset.offsets()).hash();
        }

        Path file = folder.resolve("b.duckdb");
        try (Dataset dataset = Dataset.open(file)) {
            dataset.append(log().subList(4, 5), Map.of(partition(EXAMPLES, 1), 1L));
        }
        try (Dataset dataset = Dataset.open(file)) {
            dataset.append(log().subList(0, 2), Map.of(partition(EXAMPLES, 0), 2L));
            dataset.append(log().subList(1, 4), Map.of(partition(EXAMPLES, 0), 4L));

            assertThat(dataset.snapshot(dataset.offsets()).hash()).isEqualTo(inOrder);
        }
        // sha256 of the two bodies, one a line, x before z
        assertThat(inOrder).hasSize(64);
    }

    @Test
    void pinnedOffsetsGiveTheSameDataWhateverArrivesLater() throws IOException {
        try (Dataset dataset = Dataset.open(folder.resolve("d.duckdb"))) {
            dataset.append(log().subList(0, 2), Map.of(partition(EXAMPLES, 0), 2L));
            Offsets pinned = dataset.offsets();
            DatasetSnapshot before = dataset.snapshot(pinned);

            dataset.append(log().subList(2, 7), ends(4, 1));

            assertThat(dataset.snapshot(pinned)).isEqualTo(before);
            assertThat(before.examples()).extracting(Example::id).containsExactly("x", "y");
            assertThat(dataset.counts(pinned).examples()).isEqualTo(2);
        }
    }

    @Test
    void comparisonsThatAreNewAreCountedOnceEach() throws IOException {
        try (Dataset dataset = Dataset.open(folder.resolve("d.duckdb"))) {
            dataset.append(log(), ends(4, 1));
            Offsets begin = Offsets.of(Map.of(partition(EXAMPLES, 0), 1L));

            // x, which was changed twice; not y, a test rater's that is gone, nor z's validation
            // rater
            assertThat(dataset.comparisonsSince(Offsets.none())).isEqualTo(1);
            assertThat(dataset.comparisonsSince(begin)).isEqualTo(1);
            assertThat(dataset.comparisonsSince(dataset.offsets())).isZero();

            dataset.append(
                    List.of(record(EXAMPLES, 0, 4, withdrawn("x"))),
                    Map.of(partition(EXAMPLES, 0), 5L));
            assertThat(dataset.comparisonsSince(begin)).isZero();
        }
    }

    @Test
    void whatWasWithdrawnIsKnownAndWhoLeftAltogether() throws IOException {
        try (Dataset dataset = Dataset.open(folder.resolve("d.duckdb"))) {
            dataset.append(log(), ends(4, 1));
            Offsets parent = dataset.offsets();
            List<ConsumerRecord<byte[], byte[]>> later =
                    List.of(
                            record(EXAMPLES, 0, 4, withdrawn("x")),
                            record(
                                    EXAMPLES,
                                    0,
                                    5,
                                    preference("v", Outcome.A, Split.TRAIN, "leaver")),
                            record(EXAMPLES, 0, 6, withdrawn("v", "leaver")),
                            record(Topics.PROMPTS, 2, 1, "p", null));
            dataset.append(
                    later, Map.of(partition(EXAMPLES, 0), 7L, partition(Topics.PROMPTS, 2), 2L));

            DatasetSnapshot now = dataset.snapshot(dataset.offsets());
            List<Example.Withdrawn> withdrawn = dataset.withdrawnSince(parent, now.until());

            assertThat(withdrawn).extracting(Example.Withdrawn::id).containsExactly("v", "x");
            assertThat(Withdrawals.of(withdrawn, now.examples())).isEqualTo(new Withdrawals(2, 1));
            assertThat(dataset.withdrawnSince(Offsets.none(), now.until()))
                    .extracting(Example.Withdrawn::id)
                    .containsExactly("v", "x", "y");
            assertThat(now.examples()).extracting(Example::id).containsExactly("z");
            assertThat(now.prompts()).isEmpty();
            assertThat(dataset.snapshot(parent).prompts()).hasSize(1);
        }
    }

    @Test
    void offsetsAreReadAsTheyAreWritten() throws IOException {
        try (Dataset dataset = Dataset.open(folder.resolve("d.duckdb"))) {
            dataset.append(log(), ends(4, 1));

            assertThat(Offsets.parse(dataset.offsets().toString())).isEqualTo(dataset.offsets());
            assertThat(Offsets.parse("")).isEqualTo(Offsets.none());
        }
    }

    @Test
    void unreadableRecordsAreCountedAndSkipped() throws IOException {
        try (Dataset dataset = Dataset.open(folder.resolve("d.duckdb"))) {
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(log());
            records.add(record(EXAMPLES, 1, 1, "k", "{not json".getBytes(StandardCharsets.UTF_8)));
            records.add(record(EXAMPLES, 1, 2, prompt("p", Split.TRAIN)));

            dataset.append(records, ends(4, 3));

            DatasetCounts counts = dataset.counts(dataset.offsets());
            assertThat(counts.unreadable()).isEqualTo(2);
            assertThat(counts.examples()).isEqualTo(2);
        }
    }

    @Test
    void tellsWhatHasNotBeenRead() throws IOException {
        try (Dataset dataset = Dataset.open(folder.resolve("d.duckdb"))) {
            dataset.append(log(), ends(4, 1));

            assertThat(dataset.offsets().lacking(EXAMPLES, Map.of(0, 4L, 1, 1L))).isEmpty();
            assertThat(dataset.offsets().lacking(EXAMPLES, Map.of(0, 5L)))
                    .contains("partition 0 is read to 4, asked was 5");
        }
    }

    private static Map<TopicPartition, Long> ends(long first, long second) {
        return Map.of(
                partition(EXAMPLES, 0),
                first,
                partition(EXAMPLES, 1),
                second,
                partition(Topics.PROMPTS, 2),
                1L,
                partition(Topics.RATERS, 3),
                1L);
    }

    private static TopicPartition partition(Topics topic, int partition) {
        return new TopicPartition(topic.topic(), partition);
    }
}
