package io.thumbwheel.trainer.offline;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.schemas.text.ChatTemplate;
import io.thumbwheel.trainer.formats.DataProblem;
import io.thumbwheel.trainer.formats.DataReport;
import io.thumbwheel.trainer.pretraining.TinyVocabulary;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.Opinion;
import io.thumbwheel.trainer.reward.Pair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The tokenizer's ids are bytes: 1 bos, 2 eos, 3 user, 4 assistant, 6 + byte.
class LabelledFilesTest {
    private static final int A = TinyVocabulary.id('a');

    @TempDir private Path folder;
    private final DataReport report = new DataReport();

    @Test
    void anAnswerEndsWithEosAfterAPromptThatWaitsForIt() throws IOException {
        Pair pair =
                (Pair)
                        read(
                                        64,
                                        "{\"prompt\":\"a\",\"chosen\":\"b\",\"rejected\":\" cc \",\"margin\":0.5}")
                                .getFirst()
                                .opinion();

        assertThat(pair.promptIds()).containsExactly(1, 3, A, 4);
        assertThat(pair.aIds()).containsExactly(A + 1, 2);
        assertThat(pair.bIds()).containsExactly(A + 2, A + 2, 2);
        assertThat(pair.target()).isEqualTo(1);
        assertThat(pair.margin()).isEqualTo(0.5);
    }

    @Test
    void theOldestTurnsGoFirst() throws IOException {
        String row =
                """
                {"prompt": [{"role": "user", "content": "aaaa"}, {"role": "assistant", "content": "bb"}, {"role": "user", "content": "c"}], "chosen": "d", "rejected": "e"}
                """;

        Labelled pair = read(7, row).getFirst();

        assertThat(((Pair) pair.opinion()).promptIds()).containsExactly(1, 3, A + 2, 4);
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
    void oppositeThumbsOnOnePromptMakeAPairAndTheOthersStayThumbs() throws IOException {
        List<Labelled> read =
                read(
                        64,
                        "{\"prompt\":\"a\",\"completion\":\"b\",\"label\":false}",
                        "{\"prompt\":\"z\",\"completion\":\"b\",\"label\":true,\"rater\":\"r1\"}",
                        "{\"prompt\":\"a\",\"completion\":\"c\",\"label\":true}",
                        "{\"prompt\":\"a\",\"completion\":\"d\",\"label\":true}");

        assertThat(read).hasSize(3);
        assertThat(read.getFirst().texts()).containsExactly("c", "b");
        assertThat(read.stream().skip(1).map(Labelled::opinion))
                .containsExactly(
                        new Opinion.Thumb(answer(List.of(A + 3, 2)), true, 1, ""),
                        new Opinion.Thumb(
                                new Answer(List.of(1, 3, A + 25, 4), List.of(A + 1, 2)),
                                true,
                                1,
                                "r1"));
        assertThat(report.used()).isEqualTo(4);
        assertThat(report.counts()).isEmpty();
    }

    @Test
    void rankingsAndPicksKeepTheirAnswersTogether() throws IOException {
        List<Labelled> read =
                read(
                        64,
                        "{\"prompt\":\"a\",\"completions\":[\"b\",\"c\",\"d\"],\"ranking\":[2,0,1]}",
                        "{\"prompt\":\"a\",\"completions\":[\"b\",\"c\"],\"best\":1}",
                        "{\"prompt\":\"a\",\"completions\":[\"b\",\"c\"],\"ranking\":[0]}",
                        "{\"prompt\":\"a\",\"completions\":[\"b\",\"b\"],\"best\":0}");

        Answer b = answer(List.of(A + 1, 2));
        Answer c = answer(List.of(A + 2, 2));
        Answer d = answer(List.of(A + 3, 2));
        assertThat(read.stream().map(Labelled::opinion))
                .containsExactly(
                        new Opinion.Ranking(List.of(d, b, c), 1, "a"),
                        new Opinion.Pick(List.of(b, c), 1, 1, "a"));
        assertThat(read.getFirst().texts()).containsExactly("d", "b", "c");
        assertThat(LabelledPair.of(read).stream().map(LabelledPair::chosenText))
                .containsExactly("d", "d", "b", "c");
        assertThat(report.counts())
                .isEqualTo(Map.of(DataProblem.UNKNOWN_SHAPE, 1, DataProblem.SAME_ANSWERS, 1));
    }

    @Test
    void ratingsAreStandardised() throws IOException {
        List<Labelled> read =
                read(
                        64,
                        "{\"prompt\":\"a\",\"completion\":\"b\",\"rating\":2}",
                        "{\"prompt\":\"a\",\"completion\":\"c\",\"rating\":4,\"rater\":\"r1\"}");

        assertThat(read.stream().map(Labelled::opinion))
                .containsExactly(
                        new Opinion.Rating(answer(List.of(A + 1, 2)), -1, 1, ""),
                        new Opinion.Rating(answer(List.of(A + 2, 2)), 1, 1, "r1"));
    }

    private static Answer answer(List<Integer> ids) {
        return new Answer(List.of(1, 3, A, 4), ids);
    }

    @Test
    void aConversationComparesNothing() throws IOException {
        assertThat(read(64, "{\"prompt\":\"a\",\"completion\":\"b\"}")).isEmpty();

        assertThat(report.counts()).isEqualTo(Map.of(DataProblem.NO_COMPARISON, 1));
    }

    private List<Labelled> read(int context, String... lines) throws IOException {
        ChatTemplate template = TinyVocabulary.write(folder).template();
        Path file = Files.write(folder.resolve("data.jsonl"), List.of(lines));
        return new LabelledFiles(new PairEncoder(template, context, report), report)
                .read(List.of(file));
    }
}
