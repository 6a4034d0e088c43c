package io.thumbwheel.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.Split;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.reward.KnownAnswers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefreshTest {

    /// Stands for a process that is killed: nothing after it is written.
    private static final class Killed extends RuntimeException {}

    @TempDir Path folder;

    /// Updates of the coach that were told, over all attempts.
    private final List<Integer> coachUpdates = new ArrayList<>();

    @Test
    void killedAnywhereItEndsWithTheSamePolicy() throws IOException {
        RefreshInput input = Toy.input(folder.resolve("r0"), 300);
        RefreshConfig config = Toy.lenient(6);
        Outcome.Candidate whole =
                (Outcome.Candidate)
                        Refresh.run(
                                ComputeDevice.CPU,
                                input,
                                config,
                                folder.resolve("whole"),
                                (_, _, _, _, _) -> {});
        List<String> deaths = List.of("coach 8", "judge 1", "value 1", "ppo 1", "ppo 4", "gate 1");

        for (String death : deaths) {
            killAt(death, input, config);
        }
        Outcome.Candidate resumed =
                (Outcome.Candidate)
                        Refresh.run(
                                ComputeDevice.CPU,
                                input,
                                config,
                                folder.resolve("killed"),
                                (_, _, _, _, _) -> {});

        assertThat(coachUpdates).containsOnlyOnce(2, 6, 10);
        assertThat(folder.resolve("killed/coach-training")).doesNotExist();
        assertThat(resumed.scores()).isEqualTo(whole.scores());
        assertThat(SampledPair.read(folder.resolve("killed/samples.json")))
                .hasSize(SampledPair.KEPT)
                .isEqualTo(SampledPair.read(folder.resolve("whole/samples.json")))
                .anySatisfy(pair -> assertThat(pair.after()).isNotEqualTo(pair.before()));
        assertThat(Files.readAllBytes(resumed.huggingFaceFolder().resolve("model.safetensors")))
                .isEqualTo(
                        Files.readAllBytes(whole.huggingFaceFolder().resolve("model.safetensors")));
    }

    @Test
    void withoutACriticARefreshEndsTheSameWay() throws IOException {
        RefreshConfig standard = Toy.lenient(3);
        RefreshConfig config =
                new RefreshConfig(
                        standard.reward(),
                        Toy.ppo(Estimator.RLOO, 3),
                        standard.gate(),
                        standard.anchors(),
                        standard.goldPairs(),
                        standard.halfLife(),
                        standard.klTargets());

        Outcome.Candidate candidate =
                (Outcome.Candidate)
                        Refresh.run(
                                ComputeDevice.CPU,
                                Toy.input(folder.resolve("r0"), 300),
                                config,
                                folder.resolve("work"),
                                (phase, _, _, _, _) -> assertThat(phase).isNotEqualTo("value"));

        assertThat(candidate.scores()).containsEntry("ppo/steps", 3.0);
        assertThat(candidate.scores())
                .containsEntry(
                        "coach/kind/simulated/pairs", candidate.scores().get("coach/age/q4/pairs"))
                .hasEntrySatisfying(
                        "coach/arm/r0-00000000/accuracy",
                        accuracy -> assertThat(accuracy).isGreaterThan(0.55));
        assertThat(candidate.klToReference()).isPositive();
        assertThat(candidate.huggingFaceFolder().resolve("model.safetensors")).exists();
        assertThat(candidate.coach().resolve("normalisation.json")).exists();
    }

    @Test
    void aCandidateThatWentTooFarComesBackPartOfTheWay() throws IOException {
        RefreshInput input = Toy.input(folder.resolve("r0"), 300);
        Outcome.Candidate far =
                (Outcome.Candidate)
                        Refresh.run(
                                ComputeDevice.CPU,
                                input,
                                Toy.lenient(8),
                                folder.resolve("far"),
                                (_, _, _, _, _) -> {});

        Outcome.Candidate back =
                (Outcome.Candidate)
                        Refresh.run(
                                ComputeDevice.CPU,
                                input,
                                Toy.lenient(8, 0.9 * far.klToReference()),
                                folder.resolve("back"),
                                (_, _, _, _, _) -> {});

        assertThat(far.scores()).containsEntry("gate/share", 1.0);
        assertThat(back.scores()).containsEntry("gate/share", 0.8);
        assertThat(back.klToReference())
                .isBetween(0.3 * far.klToReference(), 0.9 * far.klToReference());
    }

    @Test
    void aRewardModelThatLosesOnTheGoldSetTrainsNoPolicy() throws IOException {
        RefreshInput input = Toy.input(folder.resolve("r0"), 400);
        killAt("judge 1", input, Toy.lenient(6));
        Gold gold =
                new Gold(
                        input.examples().stream()
                                .filter(example -> example.provenance().split() == Split.TEST)
                                .map(Example::id)
                                .collect(Collectors.toCollection(TreeSet::new)),
                        Optional.of(new Gold.Coach("r1-0123abcd", folder.resolve("killed/coach"))));

        RefreshInput swapped =
                new RefreshInput(
                        input.reference(),
                        input.serving(),
                        input.examples().stream().map(RefreshTest::swappedByLiars).toList(),
                        input.prompts(),
                        Map.of(),
                        2,
                        OptionalDouble.empty(),
                        KnownAnswers.NONE,
                        gold,
                        7);

        Outcome.Refused refused =
                (Outcome.Refused)
                        Refresh.run(
                                ComputeDevice.CPU,
                                swapped,
                                Toy.lenient(6),
                                folder.resolve("work"),
                                (_, _, _, _, _) -> {});

        assertThat(refused.reason()).contains("gold comparisons, that of r1-0123abcd on 0.");
        assertThat(refused.scores())
                .containsEntry("gold/frozen", (double) gold.ids().size())
                .containsEntry("gold/compared", 1.0)
                .hasEntrySatisfying("gold/difference_high", high -> assertThat(high).isNegative())
                .doesNotContainKey("judge/pairs");

        Files.writeString(folder.resolve("killed/coach/surface.json"), "{\"tokens\": {}}");
        Outcome uncompared =
                Refresh.run(
                        ComputeDevice.CPU,
                        swapped,
                        Toy.lenient(6),
                        folder.resolve("again"),
                        (_, _, _, _, _) -> {});

        assertThat(uncompared.scores())
                .as("that of an earlier version is not read any more")
                .containsEntry("gold/compared", 0.0);
    }

    /// Everybody but test raters says the opposite of what they think.
    private static Example swappedByLiars(Example example) {
        Example.Preference pick = (Example.Preference) example;
        if (pick.provenance().split() == Split.TEST) {
            return pick;
        }
        return new Example.Preference(
                pick.id(),
                pick.promptIds(),
                pick.b(),
                pick.a(),
                pick.outcome(),
                0,
                pick.provenance());
    }

    @Test
    void randomPicksTrainNoPolicy() throws IOException {
        RefreshInput input = Toy.input(folder.resolve("r0"), 400);
        List<Example> random = new ArrayList<>();
        for (Example example : input.examples()) {
            Example.Preference pick = (Example.Preference) example;
            random.add(
                    new Example.Preference(
                            pick.id(),
                            pick.promptIds(),
                            pick.a(),
                            pick.b(),
                            pick.id().hashCode() % 2 == 0 ? Example.Outcome.A : Example.Outcome.B,
                            0,
                            pick.provenance()));
        }

        Outcome outcome =
                Refresh.run(
                        ComputeDevice.CPU,
                        new RefreshInput(
                                input.reference(),
                                input.serving(),
                                random,
                                input.prompts(),
                                Map.of(),
                                1,
                                OptionalDouble.empty(),
                                KnownAnswers.NONE,
                                Gold.none(),
                                7),
                        Toy.refresh(6),
                        folder.resolve("work"),
                        (_, _, _, _, _) -> {});

        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        assertThat(((Outcome.Refused) outcome).reason()).contains("collect more comparisons");
    }

    @Test
    void withoutComparisonsItIsRefused() throws IOException {
        RefreshInput input = Toy.input(folder.resolve("r0"), 8);

        Outcome outcome =
                Refresh.run(
                        ComputeDevice.CPU,
                        new RefreshInput(
                                input.reference(),
                                input.serving(),
                                List.of(),
                                input.prompts(),
                                Map.of(),
                                1,
                                OptionalDouble.empty(),
                                KnownAnswers.NONE,
                                Gold.none(),
                                7),
                        Toy.refresh(6),
                        folder.resolve("work"),
                        (_, _, _, _, _) -> {});

        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        assertThat(((Outcome.Refused) outcome).reason()).contains("got 0, 0 and 0");
    }

    private void killAt(String death, RefreshInput input, RefreshConfig config) {
        boolean died = false;
        try {
            Refresh.run(
                    ComputeDevice.CPU,
                    input,
                    config,
                    folder.resolve("killed"),
                    (phase, step, _, _, _) -> {
                        if (phase.equals(Refresh.COACH)) {
                            coachUpdates.add(step);
                        }
                        if (reaches(phase, step, death)) {
                            throw new Killed();
                        }
                    });
        } catch (Killed _) {
            died = true;
        }
        assertThat(died).as(death).isTrue();
    }

    private static boolean reaches(String phase, int step, String death) {
        List<String> words = List.of(death.split(" ", -1));
        return phase.equals(words.get(0)) && step >= Integer.parseInt(words.get(1));
    }
}
