package io.thumbwheel.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.Split;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PreferenceDataTest {

    @Test
    void coachAndJudgeShareNoRater() {
        List<Example> examples = new ArrayList<>();
        for (int rater = 0; rater < 200; rater++) {
            examples.add(example("e" + rater, "rater-" + rater % 100, Split.TRAIN));
        }

        PreferenceData data = PreferenceData.of(examples, Map.of());

        assertThat(raters(data.coach())).hasSizeBetween(65, 85);
        assertThat(raters(data.judge())).hasSizeBetween(15, 35);
        assertThat(raters(data.coach())).doesNotContainAnyElementsOf(raters(data.judge()));
    }

    @Test
    void testRatersTrainNothingAndValidationRatersOnlyTheJudge() {
        PreferenceData data =
                PreferenceData.of(
                        List.of(
                                example("e1", "t", Split.TEST),
                                example("e2", "v", Split.VALIDATION)),
                        Map.of());

        assertThat(data.coach()).isEmpty();
        assertThat(raters(data.judge())).containsExactly("v");
        assertThat(raters(data.validation())).containsExactly("v");
        assertThat(raters(data.test())).containsExactly("t");
    }

    @Test
    void quarantinedRatersAreLeftOutAndTiesCountHalf() {
        Example tie = example("e2", "b", Split.VALIDATION);

        PreferenceData data =
                PreferenceData.of(
                        List.of(example("e1", "a", Split.VALIDATION), tie),
                        Map.of("a", 0.0, "b", 0.8));

        assertThat(data.validation())
                .containsExactly(new Pair(List.of(1, 2), List.of(3), List.of(4), 0.5, 0.4, "b"));
    }

    private static List<String> raters(List<Pair> pairs) {
        return pairs.stream().map(Pair::rater).distinct().collect(Collectors.toList());
    }

    private static Example example(String id, String rater, Split split) {
        return new Example.Preference(
                id,
                List.of(1, 2),
                new Example.Response("a", List.of(3), "r0-00000000"),
                new Example.Response("b", List.of(4), "r0-00000000"),
                rater.equals("b") ? Example.Outcome.TIE : Example.Outcome.A,
                0,
                new Example.Provenance(
                        List.of("f-" + id),
                        rater,
                        FeedbackGiven.RaterKind.values()[0],
                        split,
                        Instant.EPOCH));
    }
}
