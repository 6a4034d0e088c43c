package io.thumbwheel.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.Split;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BreakdownTest {
    /// Likes what is long.
    private static final Reward LENGTH =
            answers ->
                    answers.stream().mapToDouble(answer -> answer.responseIds().size()).toArray();

    @Test
    void accuracyAndCountsAreToldByAgeArmLengthAndKind() {
        List<Example> examples =
                List.of(
                        preference(1, "r0", "r0", 20, 10, RaterKind.USER),
                        preference(2, "r0", "r1", 9, 10, RaterKind.USER),
                        preference(3, "r1", "r1", 5, 10, RaterKind.SIMULATED),
                        preference(4, "r1", "r1", 10, 10, RaterKind.USER));

        Breakdown breakdown = Breakdown.of(LENGTH, test(examples));

        // a is preferred: right where it is longer, half right where both are as long
        assertThat(breakdown.named("coach"))
                .containsOnly(
                        entry("coach/age/q1/accuracy", 1.0),
                        entry("coach/age/q1/pairs", 1.0),
                        entry("coach/age/q2/accuracy", 0.0),
                        entry("coach/age/q2/pairs", 1.0),
                        entry("coach/age/q3/accuracy", 0.0),
                        entry("coach/age/q3/pairs", 1.0),
                        entry("coach/age/q4/accuracy", 0.5),
                        entry("coach/age/q4/pairs", 1.0),
                        entry("coach/arm/r0/accuracy", 1.0),
                        entry("coach/arm/r0/pairs", 1.0),
                        entry("coach/arm/r1/accuracy", 0.25),
                        entry("coach/arm/r1/pairs", 2.0),
                        entry("coach/arm/mixed/accuracy", 0.0),
                        entry("coach/arm/mixed/pairs", 1.0),
                        entry("coach/length/longer/accuracy", 1.0),
                        entry("coach/length/longer/pairs", 1.0),
                        entry("coach/length/shorter/accuracy", 0.0),
                        entry("coach/length/shorter/pairs", 1.0),
                        entry("coach/length/alike/accuracy", 0.25),
                        entry("coach/length/alike/pairs", 2.0),
                        entry("coach/kind/user/accuracy", 0.5),
                        entry("coach/kind/user/pairs", 3.0),
                        entry("coach/kind/simulated/accuracy", 0.0),
                        entry("coach/kind/simulated/pairs", 1.0));
    }

    @Test
    void equalTimesStayTogetherAndRareReleasesAreOthers() {
        List<Example> examples = new ArrayList<>();
        for (int release = 0; release < 6; release++) {
            for (int i = 0; i <= release; i++) {
                String id = "r" + release;
                examples.add(preference(7, id, id, 20, 10, RaterKind.LABELER));
            }
        }

        Breakdown breakdown = Breakdown.of(LENGTH, test(examples));

        assertThat(breakdown.named("coach"))
                .containsEntry("coach/age/q4/pairs", 21.0)
                .containsEntry("coach/arm/r5/pairs", 6.0)
                .containsEntry("coach/arm/r2/pairs", 3.0)
                .containsEntry("coach/arm/others/pairs", 3.0)
                .doesNotContainKeys("coach/age/q1/pairs", "coach/arm/r1/pairs");
    }

    @Test
    void nothingIsToldOfNothing() {
        assertThat(Breakdown.of(LENGTH, List.of()).named("coach")).isEmpty();
    }

    @Test
    void unseenAreAllButTheCoachsRaters() {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            examples.add(preference("e" + i, "rater-" + i, Split.ofRater("rater-" + i)));
        }

        PreferenceData data = PreferenceData.of(examples, Map.of());

        assertThat(data.unseen()).hasSize(data.judge().size() + data.test().size());
        assertThat(
                        Collections.disjoint(
                                data.coach().stream().map(Pair::rater).toList(),
                                data.unseen().stream().map(pair -> pair.pair().rater()).toList()))
                .isTrue();
    }

    private static List<SourcedPair> test(List<Example> examples) {
        return PreferenceData.of(examples, Map.of()).test();
    }

    private static Example preference(String id, String rater, Split split) {
        return preference(
                id,
                new Example.Response("", Collections.nCopies(2, 3), "r0"),
                new Example.Response("", Collections.nCopies(1, 3), "r0"),
                new Example.Provenance(List.of("f"), rater, RaterKind.USER, split, Instant.EPOCH));
    }

    /// Where a, of so many tokens, was preferred, so many days after the epoch.
    private static Example preference(
            int day, String releaseA, String releaseB, int tokensA, int tokensB, RaterKind kind) {
        return preference(
                "e" + day + releaseA,
                new Example.Response("", Collections.nCopies(tokensA, 3), releaseA),
                new Example.Response("", Collections.nCopies(tokensB, 3), releaseB),
                new Example.Provenance(
                        List.of("f"),
                        "rater",
                        kind,
                        Split.TEST,
                        Instant.EPOCH.plusSeconds(86_400L * day)));
    }

    private static Example preference(
            String id, Example.Response a, Example.Response b, Example.Provenance provenance) {
        return new Example.Preference(id, List.of(1, 2), a, b, Example.Outcome.A, 0, provenance);
    }
}
