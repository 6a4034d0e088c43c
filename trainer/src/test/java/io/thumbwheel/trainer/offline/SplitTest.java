package io.thumbwheel.trainer.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.trainer.formats.Lesson;
import io.thumbwheel.trainer.reward.Pair;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitTest {
    private final List<LabelledPair> pairs =
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

    private static void assertApart(Split split) {
        Set<String> seen = new HashSet<>();
        for (List<LabelledPair> side :
                List.of(split.training(), split.validation(), split.test())) {
            Set<String> prompts =
                    side.stream().map(LabelledPair::firstPrompt).collect(Collectors.toSet());
            assertThat(seen).doesNotContainAnyElementsOf(prompts);
            seen.addAll(prompts);
        }
    }

    private static LabelledPair pair(String prompt) {
        return new LabelledPair(
                Path.of("data.jsonl"),
                new Lesson.Comparison(List.of(new Message("user", prompt)), "b", "c"),
                new Pair(List.of(1), List.of(2), List.of(3), 1, 1, prompt));
    }
}
