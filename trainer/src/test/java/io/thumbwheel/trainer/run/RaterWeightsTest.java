package io.thumbwheel.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.Example.Provenance;
import io.thumbwheel.schemas.event.Example.Response;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.RaterTrust;
import io.thumbwheel.schemas.event.Split;
import io.thumbwheel.trainer.reward.PreferenceData;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RaterWeightsTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @Test
    void whereAllAreNewEachWeighsOne() {
        List<Example> examples = List.of(by("a", 1), by("b", 2), by("c", 3));

        assertThat(RaterWeights.of(examples, List.of(trust("a", RaterTrust.NEWCOMER, false))))
                .isEqualTo(Map.of("a", 1.0, "b", 1.0, "c", 1.0));
    }

    @Test
    void theMeanOverExamplesIsOne() {
        List<Example> examples = List.of(by("a", 1), by("a", 2), by("a", 3), by("b", 4));

        // (3 · 0.25 + 0.75) / 4 = 0.375
        assertThat(
                        RaterWeights.of(
                                examples,
                                List.of(trust("a", 0.25, false), trust("b", 0.75, false))))
                .isEqualTo(Map.of("a", 0.25 / 0.375, "b", 2.0));
    }

    @Test
    void whoIsInQuarantineTeachesNothing() {
        List<Example> examples = List.of(by("a", 1), by("b", 2));

        Map<String, Double> weights =
                RaterWeights.of(examples, List.of(trust("a", 0.5, true), trust("b", 0.5, false)));

        assertThat(weights).isEqualTo(Map.of("a", 0.0, "b", 1.0));
        assertThat(PreferenceData.of(examples, weights).validation())
                .extracting(pair -> pair.rater())
                .containsExactly("b");
    }

    @Test
    void whereAllAreInQuarantineNobodyWeighs() {
        assertThat(RaterWeights.of(List.of(by("a", 1)), List.of(trust("a", 0.5, true))))
                .isEqualTo(Map.of("a", 0.0));
        assertThat(RaterWeights.of(List.of(), List.of())).isEmpty();
    }

    private static RaterTrust trust(String rater, double weight, boolean quarantined) {
        return new RaterTrust(rater, NOW, weight, quarantined, "");
    }

    private static Example by(String rater, int number) {
        return new Example.Preference(
                "e" + number,
                List.of(1, 2),
                new Response("a", List.of(3), "r0"),
                new Response("b", List.of(4), "r0"),
                Example.Outcome.A,
                0,
                new Provenance(List.of(), rater, RaterKind.USER, Split.VALIDATION, NOW));
    }
}
