package io.thumbwheel.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.Split;
import java.time.Duration;
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
        assertThat(raters(data.test().stream().map(SourcedPair::pair).toList()))
                .containsExactly("t");
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

    @Test
    void aFlooderGetsNoMoreThanTheCap() {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String rater = i % 2 == 0 ? "flooder" : "rater-" + i;
            examples.add(example("e%03d".formatted(i), rater, Split.TRAIN));
        }

        PreferenceData data = PreferenceData.of(examples, Map.of("rater-1", 0.5));

        // 101 raters: 2 of 101. The others weigh 99.5, so the flooder x = 2/101 (x + 99.5) = 199/99
        List<Pair> pairs = new ArrayList<>(data.coach());
        pairs.addAll(data.judge());
        double flooder =
                pairs.stream()
                        .filter(pair -> pair.rater().equals("flooder"))
                        .mapToDouble(Pair::weight)
                        .sum();
        double all = pairs.stream().mapToDouble(Pair::weight).sum();
        assertThat(pairs).hasSize(200);
        assertThat(flooder).isCloseTo(199 / 99.0, within(1e-9));
        assertThat(flooder / all).isCloseTo(2 / 101.0, within(1e-12));
        assertThat(data.shares())
                .containsEntry("raters/active", 101.0)
                .containsEntry("raters/capped", 1.0)
                .hasEntrySatisfying(
                        "raters/greatest_share",
                        share -> assertThat(share).isCloseTo(2 / 101.0, within(1e-12)));
        assertThat(pairs)
                .filteredOn(pair -> pair.rater().equals("rater-1"))
                .extracting(Pair::weight)
                .containsExactly(0.5);
    }

    @Test
    void withAHalfLifeOlderOpinionsWeighLessButMeasureTheSame() {
        Instant now = Instant.parse("2026-05-21T10:00:00Z");
        List<Example> examples =
                List.of(
                        example("e1", "v1", Split.VALIDATION, now.minus(Duration.ofDays(20))),
                        example("e2", "v2", Split.VALIDATION, now.minus(Duration.ofDays(10))),
                        example("e3", "v3", Split.VALIDATION, now.minus(Duration.ofDays(5))),
                        example("e4", "v4", Split.VALIDATION, now),
                        example("e5", "t", Split.TEST, now.minus(Duration.ofDays(20))),
                        rated("r1", "v1", 1, Split.VALIDATION));

        PreferenceData data =
                PreferenceData.of(examples, Map.of("v2", 0.5), HalfLife.parse("P10D"));

        assertThat(data.validation())
                .extracting(Pair::weight)
                .containsExactly(0.25, 0.25, StrictMath.pow(0.5, 0.5), 1.0);
        assertThat(data.test()).extracting(pair -> pair.pair().weight()).containsExactly(1.0);
        assertThat(data.thumbs().judge()).isEmpty(); // 56 years old: nothing is left
        assertThat(PreferenceData.of(examples, Map.of("v2", 0.5)).validation())
                .extracting(Pair::weight)
                .containsExactly(1.0, 0.5, 1.0, 1.0);
    }

    @Test
    void theCapIsOnWhatAgeLeaves() {
        Instant now = Instant.parse("2026-05-21T10:00:00Z");
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            // 20 people with one comparison, and one with a hundred of three half-lives ago
            String rater = i < 100 ? "flooder" : "rater-" + i;
            Instant at = i < 100 ? now.minus(Duration.ofDays(30)) : now;
            examples.add(example("e%03d".formatted(i), rater, Split.VALIDATION, at));
        }

        PreferenceData data = PreferenceData.of(examples, Map.of(), HalfLife.parse("P10D"));

        // the flooder has 12.5 of 32.5; capped, x = 2/21 (x + 20) = 40/19
        assertThat(data.validation())
                .filteredOn(pair -> pair.rater().equals("flooder"))
                .hasSize(100)
                .extracting(Pair::weight)
                .allSatisfy(weight -> assertThat(weight).isCloseTo(0.4 / 19, within(1e-12)));
    }

    @Test
    void aHalfLifeIsAPositiveDurationOrNone() {
        assertThat(HalfLife.parse("none")).isEqualTo(HalfLife.NONE);
        assertThat(HalfLife.parse("P30D")).hasToString("PT720H");
        assertThatThrownBy(() -> HalfLife.parse("30 days"))
                .hasMessage(
                        "a half-life is a duration such as P30D or PT12H, or none, got '30 days'");
        assertThatThrownBy(() -> HalfLife.parse("PT0S"))
                .hasMessage("a half-life must be above 0, got PT0S");
    }

    @Test
    void amongManyTheCapIsOnePercent() {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            pairs.add(pair(i < 100 ? "a" : i < 200 ? "b" : "rater-" + i));
        }

        WeightCap cap = WeightCap.of(pairs);

        // two of them: x = 0.01 (2 x + 300)
        assertThat(cap.share()).isEqualTo(0.01);
        assertThat(cap.factors()).containsOnlyKeys("a", "b");
        assertThat(cap.on(pairs.getFirst()).weight()).isCloseTo(3 / 0.98 / 100, within(1e-12));
    }

    @Test
    void fortyRatersOfEqualCountsAreLeftAsTheyAre() {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            String rater = "rater-" + i % 40;
            examples.add(example("e" + i, rater, Split.ofRater(rater)));
        }

        PreferenceData data = PreferenceData.of(examples, Map.of());

        List<Pair> pairs = new ArrayList<>(data.coach());
        pairs.addAll(data.judge());
        assertThat(data.shares()).containsEntry("raters/capped", 0.0);
        assertThat(pairs).extracting(Pair::weight).containsOnly(1.0);
    }

    @Test
    void onePersonAloneOrTwoAreNotCapped() {
        assertThat(WeightCap.of(List.of()).factors()).isEmpty();
        assertThat(WeightCap.of(List.of(pair("a"))).factors()).isEmpty();
        assertThat(WeightCap.of(List.of(pair("a"), pair("a"), pair("b"))).factors()).isEmpty();
    }

    @Test
    void sharesOfGroupsCountTheQuarantinedAsExamplesOnly() {
        PreferenceData data =
                PreferenceData.of(
                        List.of(
                                example("e1", "a", Split.VALIDATION),
                                example("e2", "c", Split.VALIDATION),
                                example("e3", "t", Split.TEST),
                                example("e4", "q", Split.TEST)),
                        Map.of("q", 0.0));

        assertThat(data.shares())
                .containsEntry("raters/validation/examples_share", 0.5)
                .containsEntry("raters/test/examples_share", 0.5)
                .containsEntry("raters/validation/weight_share", 2 / 3.0)
                .containsEntry("raters/test/weight_share", 1 / 3.0)
                .containsEntry("raters/user/examples_share", 1.0)
                .containsEntry("raters/user/weight_share", 1.0)
                .containsEntry("raters/active", 2.0)
                .doesNotContainKey("raters/coach/examples_share");
    }

    private static Pair pair(String rater) {
        return new Pair(List.of(1, 2), List.of(3), List.of(4), 1, 1, rater);
    }

    @Test
    void thumbsGoWithTheirRaters() {
        List<Example> examples = new ArrayList<>();
        for (int rater = 0; rater < 100; rater++) {
            examples.add(rated("e" + rater, "rater-" + rater, rater % 2, Split.TRAIN));
        }
        examples.add(rated("v1", "v", 1, Split.VALIDATION));
        examples.add(rated("t1", "t", 1, Split.TEST));
        examples.add(rated("n1", "rater-1", 0.5, Split.TRAIN));

        PreferenceData data = PreferenceData.of(examples, Map.of("rater-0", 0.0));

        assertThat(data.thumbs().coach().size() + data.thumbs().judge().size()).isEqualTo(100);
        assertThat(data.thumbs().coach())
                .hasSizeBetween(65, 85)
                .allMatch(thumb -> PreferenceData.coaches(thumb.rater()));
        assertThat(data.thumbs().judge())
                .contains(new Opinion.Thumb(new Answer(List.of(1, 2), List.of(3)), true, 1, "v"));
    }

    private static Example rated(String id, String rater, double score, Split split) {
        return new Example.Rated(
                id,
                List.of(1, 2),
                new Example.Response("a", List.of(3), "r0-00000000"),
                score,
                new Example.Provenance(
                        List.of("f-" + id),
                        rater,
                        FeedbackGiven.RaterKind.values()[0],
                        split,
                        Instant.EPOCH));
    }

    private static List<String> raters(List<Pair> pairs) {
        return pairs.stream().map(Pair::rater).distinct().collect(Collectors.toList());
    }

    private static Example example(String id, String rater, Split split) {
        return example(id, rater, split, Instant.EPOCH);
    }

    private static Example example(String id, String rater, Split split, Instant at) {
        return new Example.Preference(
                id,
                List.of(1, 2),
                new Example.Response("a", List.of(3), "r0-00000000"),
                new Example.Response("b", List.of(4), "r0-00000000"),
                rater.equals("b") ? Example.Outcome.TIE : Example.Outcome.A,
                0,
                new Example.Provenance(
                        List.of("f-" + id), rater, FeedbackGiven.RaterKind.values()[0], split, at));
    }
}
