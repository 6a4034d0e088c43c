package io.thumbwheel.trainer.offline;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.schemas.text.ChatTemplate;
import io.thumbwheel.trainer.formats.DataProblem;
import io.thumbwheel.trainer.formats.DataReport;
import io.thumbwheel.trainer.pretraining.TinyVocabulary;
import io.thumbwheel.trainer.reward.Pair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The tokenizer's ids are bytes: 1 bos, 2 eos, 3 user, 4 assistant, 6 + byte.
class PairFilesTest {
    private static final int A = TinyVocabulary.id('a');

    @TempDir private Path folder;
    private final DataReport report = new DataReport();

    @Test
    void anAnswerEndsWithEosAfterAPromptThatWaitsForIt() throws IOException {
        Pair pair =
                read(64, "{\"prompt\":\"a\",\"chosen\":\"b\",\"rejected\":\" cc \"}")
                        .getFirst()
                        .pair();

        assertThat(pair.promptIds()).containsExactly(1, 3, A, 4);
        assertThat(pair.aIds()).containsExactly(A + 1, 2);
        assertThat(pair.bIds()).containsExactly(A + 2, A + 2, 2);
        assertThat(pair.target()).isEqualTo(1);
    }

    @Test
    void theOldestTurnsGoFirst() throws IOException {
        String row =
                """
                {"prompt": [{"role": "user", "content": "aaaa"}, {"role": "assistant", "content": "bb"}, {"role": "user", "content": "c"}], "chosen": "d", "rejected": "e"}
                """;

        LabelledPair pair = read(7, row).getFirst();

        assertThat(pair.pair().promptIds()).containsExactly(1, 3, A + 2, 4);
        assertThat(pair.firstPrompt()).isEqualTo("aaaa");
        assertThat(report.counts()).isEqualTo(Map.of(DataProblem.SHORTENED, 1));
        assertThat(report.lines().getLast())
                .startsWith("shortened, used: 1 row, ")
                .endsWith("data.jsonl:1 (1 of 3 turns kept)");
    }

    @Test
    void whatDoesNotFitAtAllIsLeftOut() throws IOException {
        assertThat(read(7, "{\"prompt\":\"a\",\"chosen\":\"bbbb\",\"rejected\":\"c\"}")).isEmpty();

        assertThat(report.lines().getLast())
                .startsWith("over-long, left out: 1 row, ")
                .contains("data.jsonl:1 (", "an answer of 5 tokens", "the context of 7");
    }

    @Test
    void oppositeThumbsOnOnePromptMakeAPairAndEachIsUsedOnce() throws IOException {
        List<LabelledPair> pairs =
                read(
                        64,
                        "{\"prompt\":\"a\",\"completion\":\"b\",\"label\":false}",
                        "{\"prompt\":\"z\",\"completion\":\"b\",\"label\":true}",
                        "{\"prompt\":\"a\",\"completion\":\"c\",\"label\":true}",
                        "{\"prompt\":\"a\",\"completion\":\"d\",\"label\":true}");

        assertThat(pairs).hasSize(1);
        assertThat(pairs.getFirst().text().chosen()).isEqualTo("c");
        assertThat(pairs.getFirst().text().rejected()).isEqualTo("b");
        assertThat(report.used()).isEqualTo(2);
        assertThat(report.lines().getLast())
                .startsWith("no comparison, left out: 2 rows, ")
                .contains("data.jsonl:4 (", "data.jsonl:2 (");
    }

    @Test
    void aConversationComparesNothing() throws IOException {
        assertThat(read(64, "{\"prompt\":\"a\",\"completion\":\"b\"}")).isEmpty();

        assertThat(report.counts()).isEqualTo(Map.of(DataProblem.NO_COMPARISON, 1));
    }

    private List<LabelledPair> read(int context, String... lines) throws IOException {
        ChatTemplate template = TinyVocabulary.write(folder).template();
        Path file = Files.write(folder.resolve("data.jsonl"), List.of(lines));
        return new PairFiles(new PairEncoder(template, context, report), report)
                .read(List.of(file));
    }
}
