package io.thumbwheel.trainer.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.trainer.checkpoint.Checkpointing;
import io.thumbwheel.trainer.model.AdamW;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.Optimizer;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.Opinion;
import io.thumbwheel.trainer.reward.Pair;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PreferenceTrainingTest {

    private static final ModelConfig CONFIG =
            ModelConfig.llama(24, 32, 2, 4, 2, 8, 48, 32, 1e-5, 10_000, true, 1, 2, 0);

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    private final Llama reference = Llama.random(manager, CONFIG, 3);

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @EnumSource(Objective.class)
    void theChosenAnswersGetLikelierThanTheRejectedOnes(Objective objective) throws IOException {
        List<Pair> pairs = pairs(256, 5);
        List<Pair> unseen = pairs(64, 6);
        double before = margin(reference, unseen);
        try (Llama policy = reference.copy(manager)) {
            trained(policy, objective, 2e-3, pairs, List.of());

            assertThat(margin(policy, unseen)).isGreaterThan(before + 1);
        }
    }

    @Test
    void dpoWithSwappedVotesGoesTheOtherWay() throws IOException {
        List<Pair> swapped =
                pairs(256, 5).stream()
                        .map(pair ->
                                new Pair(
                                        pair.promptIds(),
                                        pair.aIds(),
                                        pair.bIds(),
                                        1 - pair.target(),
                                        1,
                                        ""))
                        .toList();
        List<Pair> unseen = pairs(64, 6);
        try (Llama policy = reference.copy(manager)) {
            trained(policy, Objective.DPO, 2e-3, swapped, List.of());

            assertThat(margin(policy, unseen)).isLessThan(margin(reference, unseen) - 1);
        }
    }

    @Test
    void theFirstLossesAreThoseOfAPolicyThatIsItsReference() throws IOException {
        try (Llama policy = reference.copy(manager)) {
            // log 2, and 1 - sigmoid(0) with weights that average to 1 over the data
            assertThat(trained(policy, Objective.DPO, 1e-9, pairs(32, 5), List.of()).getFirst())
                    .containsEntry("rewards/chosen", 0.0)
                    .hasEntrySatisfying(
                            "loss", loss -> assertThat(loss).isCloseTo(0.693147, within(1e-5)));
            assertThat(trained(policy, Objective.KTO, 1e-9, pairs(16, 5), List.of()).getFirst())
                    .hasEntrySatisfying(
                            "loss", loss -> assertThat(loss).isCloseTo(0.5, within(1e-5)))
                    .hasEntrySatisfying("kl", kl -> assertThat(kl).isCloseTo(0, within(1e-4)));
        }
    }

    @Test
    void theLossIsWhatTheLogProbsSay() throws IOException {
        Answer good = new Answer(List.of(1, 5), List.of(8, 9, 2));
        Answer bad = new Answer(List.of(1, 5), List.of(14, 2));
        Pair pair = new Pair(good.promptIds(), good.responseIds(), bad.responseIds(), 1, 1, "");
        try (Llama policy = Llama.random(manager, CONFIG, 4)) {
            double margin =
                    logProb(policy, good)
                            - logProb(reference, good)
                            - logProb(policy, bad)
                            + logProb(reference, bad);

            double loss =
                    trained(policy, Objective.DPO, 1e-9, List.of(pair), List.of())
                            .getFirst()
                            .getOrDefault("loss", 0.0);

            assertThat(loss).isCloseTo(Math.log(1 + Math.exp(-0.1 * margin)), within(1e-5));
        }
    }

    @Test
    void thumbsAloneTeachKto() throws IOException {
        List<Opinion.Thumb> thumbs = Opinion.Thumb.of(pairs(256, 5));
        // as people are: nine up for one down
        List<Opinion.Thumb> lenient = new ArrayList<>();
        int down = 0;
        for (Opinion.Thumb thumb : thumbs) {
            if (thumb.up() || down++ % 9 == 0) {
                lenient.add(thumb);
            }
        }
        List<Pair> unseen = pairs(64, 6);
        try (Llama policy = reference.copy(manager)) {
            trained(policy, Objective.KTO, 2e-3, List.of(), lenient);

            assertThat(margin(policy, unseen)).isGreaterThan(margin(reference, unseen) + 1);
        }
    }

    @Test
    void nothingToLearnFromIsRefused() {
        assertThatThrownBy(() ->
                        trained(
                                reference,
                                Objective.DPO,
                                1e-3,
                                List.of(),
                                Opinion.Thumb.of(pairs(2, 5))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DPO needs comparisons");
    }

    private List<SortedMap<String, Double>> trained(
            Llama policy,
            Objective objective,
            double rate,
            List<Pair> pairs,
            List<Opinion.Thumb> thumbs)
            throws IOException {
        List<SortedMap<String, Double>> metrics = new ArrayList<>();
        PreferenceConfig config = new PreferenceConfig(objective, 0.1, 2, 32, rate, 0, 1, 25);
        try (Optimizer optimizer = new AdamW(policy.parameters(), AdamW.Settings.TUNING)) {
            new PreferenceTraining(
                            manager,
                            config,
                            (_, _, named) -> metrics.add(named),
                            Checkpointing.NONE)
                    .train(policy, optimizer, reference, pairs, thumbs, 9);
        }
        return metrics;
    }

    /// Mean of log π(chosen) − log π(rejected).
    private double margin(Llama policy, List<Pair> pairs) {
        double sum = 0;
        for (Pair pair : pairs) {
            double difference = logProb(policy, pair.a()) - logProb(policy, pair.b());
            sum += pair.target() > 0.5 ? difference : -difference;
        }
        return sum / pairs.size();
    }

    private double logProb(Llama policy, Answer answer) {
        return LogRatios.values(manager, policy, List.of(answer))[0];
    }

    /// Answers of equal length, of which the one with more of the tokens 8 to 12 is chosen.
    private static List<Pair> pairs(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean first = random.nextBoolean();
            pairs.add(
                    new Pair(
                            List.of(1, random.nextInt(3, 24)),
                            answer(random, first),
                            answer(random, !first),
                            first ? 1 : 0,
                            1,
                            ""));
        }
        return pairs;
    }

    private static List<Integer> answer(SplittableRandom random, boolean good) {
        List<Integer> ids = new ArrayList<>();
        for (int t = 0; t < 5; t++) {
            ids.add(good ? random.nextInt(8, 13) : random.nextInt(13, 18));
        }
        ids.add(2);
        return ids;
    }
}
