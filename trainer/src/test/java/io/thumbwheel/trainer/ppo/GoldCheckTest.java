package io.thumbwheel.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.Split;
import io.thumbwheel.trainer.reward.PreferenceData;
import io.thumbwheel.trainer.reward.Reward;
import io.thumbwheel.trainer.reward.SourcedPair;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GoldCheckTest {
    private static final Optional<Gold.Coach> EARLIER =
            Optional.of(new Gold.Coach("r3-0123abcd", Path.of("coach")));

    @Test
    void whoIsRightOnFewerOfTheSamePairsLoses() {
        // wrong on 0 to 29, and on 30 to 39: differences -1, 1 and 0, their mean -0.2
        GoldCheck check =
                GoldCheck.of(
                        gold(100),
                        pairs(100, Example.Outcome.A),
                        wrongOn(0, 30),
                        Optional.of(wrongOn(30, 40)),
                        7);

        assertThat(check.scores())
                .contains(
                        entry("gold/frozen", 100.0),
                        entry("gold/gone", 0.0),
                        entry("gold/pairs", 100.0),
                        entry("gold/compared", 1.0),
                        entry("gold/accuracy", 0.7),
                        entry("gold/earlier_accuracy", 0.9),
                        entry("gold/difference", -0.2));
        // normal interval: -0.2 +- 1.96 sqrt((0.4 - 0.04) / 100)
        assertThat(check.scores().get("gold/difference_low")).isCloseTo(-0.318, within(0.02));
        assertThat(check.scores().get("gold/difference_high")).isCloseTo(-0.082, within(0.02));
        assertThat(check.objection().orElseThrow())
                .startsWith(
                        "the reward model is right on 0.700 of 100 gold comparisons, that of r3-0123abcd on 0.900;")
                .contains("look for raters to distrust among the newest");
    }

    @Test
    void aDifferenceThatMayBeChanceIsNoLoss() {
        GoldCheck check =
                GoldCheck.of(
                        gold(100),
                        pairs(100, Example.Outcome.A),
                        wrongOn(0, 12),
                        Optional.of(wrongOn(10, 20)),
                        7);

        assertThat(check.objection()).isEmpty();
        assertThat(check.scores()).containsEntry("gold/difference", -0.02);
    }

    @Test
    void whatIsGoneOrUndecidedIsCountedAndNotMeasured() {
        List<SourcedPair> all = pairs(50, Example.Outcome.A);

        GoldCheck check = GoldCheck.of(gold(60), all, wrongOn(0, 5), Optional.empty(), 7);
        GoldCheck ties =
                GoldCheck.of(
                        gold(60),
                        pairs(50, Example.Outcome.TIE),
                        wrongOn(0, 5),
                        Optional.of(wrongOn(0, 0)),
                        7);

        assertThat(check.scores())
                .contains(
                        entry("gold/frozen", 60.0),
                        entry("gold/gone", 10.0),
                        entry("gold/pairs", 50.0),
                        entry("gold/compared", 0.0),
                        entry("gold/accuracy", 0.9))
                .doesNotContainKeys("gold/earlier_accuracy", "gold/difference");
        assertThat(ties.scores())
                .containsExactly(
                        entry("gold/compared", 0.0),
                        entry("gold/frozen", 60.0),
                        entry("gold/gone", 60.0),
                        entry("gold/pairs", 0.0));
    }

    @Test
    void whatIsNotFrozenIsNotMeasured() {
        GoldCheck check =
                GoldCheck.of(
                        Gold.none(),
                        pairs(100, Example.Outcome.A),
                        wrongOn(0, 100),
                        Optional.of(wrongOn(0, 0)),
                        7);

        assertThat(check.objection()).isEmpty();
        assertThat(check.scores())
                .contains(entry("gold/frozen", 0.0), entry("gold/compared", 0.0))
                .doesNotContainKey("gold/accuracy");
    }

    private static Gold gold(int count) {
        return new Gold(
                IntStream.range(0, count)
                        .mapToObj("e%03d"::formatted)
                        .collect(Collectors.toCollection(TreeSet::new)),
                EARLIER);
    }

    /// Each on a prompt of its own; answer a is [3], answer b is [4].
    private static List<SourcedPair> pairs(int count, Example.Outcome outcome) {
        return PreferenceData.of(
                        IntStream.range(0, count).mapToObj(i -> preference(i, outcome)).toList(),
                        Map.of())
                .test();
    }

    private static Example preference(int index, Example.Outcome outcome) {
        return new Example.Preference(
                "e%03d".formatted(index),
                List.of(1, index),
                new Example.Response("a", List.of(3), "r0-00000000"),
                new Example.Response("b", List.of(4), "r0-00000000"),
                outcome,
                0,
                new Example.Provenance(
                        List.of("f"),
                        "rater",
                        FeedbackGiven.RaterKind.USER,
                        Split.TEST,
                        Instant.EPOCH));
    }

    /// Prefers a, but on some prompts b.
    private static Reward wrongOn(int from, int to) {
        return answers ->
                answers.stream()
                        .mapToDouble(answer -> {
                            int prompt = answer.promptIds().getLast();
                            boolean wrong = prompt >= from && prompt < to;
                            return answer.responseIds().equals(List.of(3)) == wrong ? 0 : 1;
                        })
                        .toArray();
    }
}
