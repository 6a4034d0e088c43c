package io.thumbwheel.trainer.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.Opinion;
import io.thumbwheel.trainer.reward.Pair;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitTest {
    private final List<Labelled> pairs =
            IntStream.range(0, 1000).mapToObj(i -> pair("prompt " + i % 250)).toList();

    @Test
    void aPromptIsOnOneSideOnly() {
        Split split = Split.tenths(pairs);

        assertThat(split.training().size()).isBetween(740, 860);
        assertThat(split.training().size() + split.validation().size() + split.test().size())
                .isEqualTo(1000);
        assertApart(split);
    }

    @Test
    void everyPairJudgesInOneFold() {
        List<Split> folds = Split.folds(pairs, 5);

        assertThat(folds).hasSize(5).allSatisfy(SplitTest::assertApart);
        assertThat(folds.stream().mapToInt(fold -> fold.test().size()).sum()).isEqualTo(1000);
    }

    @Test
    void onePromptCannotBeSplit() {
        assertThatThrownBy(() -> Split.tenths(List.of(pair("a"), pair("a"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more first prompts are needed");
    }

    @Test
    void thumbsOfOneKindJudgeNothing() {
        List<Labelled> ups =
                IntStream.range(0, 100)
                        .mapToObj(i ->
                                new Labelled(
                                        Path.of("data.jsonl"),
                                        "prompt " + i,
                                        new Opinion.Thumb(
                                                new Answer(List.of(1), List.of(2)), true, 1, ""),
                                        List.of("b")))
                        .toList();

        assertThatThrownBy(() -> Split.tenths(ups))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none of them prefers anything to anything");
    }

    private static void assertApart(Split split) {
        Set<String> seen = new HashSet<>();
        for (List<Labelled> side : List.of(split.training(), split.validation(), split.test())) {
            Set<String> prompts =
                    side.stream().map(Labelled::firstPrompt).collect(Collectors.toSet());
            assertThat(seen).doesNotContainAnyElementsOf(prompts);
            seen.addAll(prompts);
        }
    }

    private static Labelled pair(String prompt) {
        return new Labelled(
                Path.of("data.jsonl"),
                prompt,
                new Pair(List.of(1), List.of(2), List.of(3), 1, 1, prompt),
                List.of("b", "c"));
    }
}
