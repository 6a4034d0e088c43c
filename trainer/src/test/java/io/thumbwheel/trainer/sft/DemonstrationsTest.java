package io.thumbwheel.trainer.sft;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.trainer.formats.DataReport;
import io.thumbwheel.trainer.pretraining.Document;
import io.thumbwheel.trainer.pretraining.TinyVocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The tokenizer's ids are bytes: 1 bos, 2 eos, 3 user, 4 assistant, 6 + byte.
class DemonstrationsTest {
    private static final int A = TinyVocabulary.id('a');

    @TempDir private Path folder;
    private final DataReport report = new DataReport();

    @Test
    void whatWasChosenOrLikedIsImitatedAndNothingElse() throws IOException {
        List<Document> examples =
                read(
                        "{\"prompt\":\"a\",\"completion\":\"b\"}",
                        "{\"prompt\":\"a\",\"chosen\":\"c\",\"rejected\":\"z\"}",
                        "{\"prompt\":\"a\",\"completion\":\"d\",\"label\":true}",
                        "{\"prompt\":\"a\",\"completion\":\"z\",\"label\":false}");

        assertThat(examples)
                .extracting(Document::ids)
                .containsExactly(
                        new int[] {1, 3, A, 4, A + 1, 2},
                        new int[] {1, 3, A, 4, A + 2, 2},
                        new int[] {1, 3, A, 4, A + 3, 2});
        assertThat(examples.getFirst().answered().stream()).containsExactly(4, 5);
        assertThat(report.lines().getLast())
                .startsWith("disliked answer, left out: 1 row")
                .contains("sft.jsonl:4 (");
    }

    @Test
    void whatTheContextCutsIsSaid() throws IOException {
        String answer = "b".repeat(20);
        read(
                "{\"prompt\":\"a\",\"completion\":\"" + answer + "\"}",
                "{\"prompt\":\"" + answer + "\",\"completion\":\"b\"}");

        assertThat(report.lines())
                .anySatisfy(line -> assertThat(line).startsWith("over-long, left out: 1 row"))
                .anySatisfy(line ->
                        assertThat(line)
                                .startsWith("shortened, used: 1 row")
                                .contains("sft.jsonl:1 (cut from 25 tokens to the context)"));
    }

    private List<Document> read(String... lines) throws IOException {
        Path file = Files.write(folder.resolve("sft.jsonl"), List.of(lines));
        return new Demonstrations(TinyVocabulary.write(folder), 16, report).read(List.of(file));
    }
}
