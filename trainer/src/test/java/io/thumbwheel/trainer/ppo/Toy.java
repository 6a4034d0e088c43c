package io.thumbwheel.trainer.ppo;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.PromptSeen;
import io.thumbwheel.schemas.event.Split;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.HalfLife;
import io.thumbwheel.trainer.reward.KnownAnswers;
import io.thumbwheel.trainer.reward.RewardConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/// A world small enough for tests: 24 tokens, a random policy of two layers, and people who like
/// some tokens and dislike others.
final class Toy {

    static final ModelConfig CONFIG =
            ModelConfig.llama(24, 32, 2, 4, 2, 8, 48, 32, 1e-5, 10_000, true, 1, 2, 0);
    static final int MAX_RESPONSE = 10;

    /// A policy of 24 tokens may change its length and its end freely.
    private static final PolicyGuard LIMITS = new PolicyGuard(10, -1, 0.1, 5, 0.1, 0, 0, 1e-2);

    private Toy() {}

    /// Liked tokens less disliked ones, between -3 and 3.
    static double liking(List<Integer> responseIds) {
        int sum = 0;
        for (int id : responseIds) {
            sum += id >= 8 && id < 13 ? 1 : id >= 13 && id < 18 ? -1 : 0;
        }
        return Math.clamp(sum, -3, 3);
    }

    static double meanLiking(List<Answer> answers) {
        return answers.stream().mapToDouble(a -> liking(a.responseIds())).average().orElseThrow();
    }

    /// Random prompts of three to six tokens.
    static List<List<Integer>> prompts(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<List<Integer>> prompts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Integer> prompt = new ArrayList<>(List.of(1));
            int length = random.nextInt(2, 6);
            for (int t = 0; t < length; t++) {
                prompt.add(random.nextInt(3, 24));
            }
            prompts.add(prompt);
        }
        return prompts;
    }

    /// The pick of a person who errs one time in four.
    static Example preference(int index, Answer a, Answer b, SplittableRandom random) {
        String rater = "rater-" + index % 40;
        double difference = liking(a.responseIds()) - liking(b.responseIds());
        boolean flipped = random.nextInt(4) == 0;
        Example.Outcome outcome =
                difference == 0
                        ? Example.Outcome.TIE
                        : difference > 0 != flipped ? Example.Outcome.A : Example.Outcome.B;
        return new Example.Preference(
                "e-%05d".formatted(index),
                a.promptIds(),
                new Example.Response("", a.responseIds(), "r0-00000000"),
                new Example.Response("", b.responseIds(), "r0-00000000"),
                outcome,
                0,
                new Example.Provenance(
                        List.of("f-" + index),
                        rater,
                        FeedbackGiven.RaterKind.SIMULATED,
                        Split.ofRater(rater),
                        Instant.EPOCH));
    }

    /// Prompts as their owners sent them.
    static List<PromptSeen> seen(List<List<Integer>> prompts) {
        List<PromptSeen> seen = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            String owner = "rater-" + i % 40;
            seen.add(
                    new PromptSeen(
                            "%08x".formatted(i * 0x9E3779B1),
                            Instant.EPOCH,
                            prompts.get(i),
                            owner,
                            Split.ofRater(owner)));
        }
        return seen;
    }

    /// PPO settings that learn within seconds.
    static PpoConfig ppo(int steps) {
        return ppo(Estimator.GAE, steps);
    }

    /// The same by another method.
    static PpoConfig ppo(Estimator estimator, int steps) {
        return ppo(estimator, steps, JudgeWatch.standard());
    }

    /// The same with a judge that watches as told, where there is one.
    static PpoConfig ppo(Estimator estimator, int steps, JudgeWatch watch) {
        return new PpoConfig(
                estimator,
                4,
                0,
                steps,
                2,
                32,
                2,
                2,
                8,
                MAX_RESPONSE,
                1,
                2e-3,
                2e-3,
                4,
                RateSchedule.CONSTANT,
                0,
                1,
                0.95,
                0.2,
                0.2,
                3,
                1,
                1e-5,
                0.05,
                150,
                ScoreShaping.standard(),
                2,
                0.02,
                8,
                2,
                LIMITS,
                watch);
    }

    /// One update of the policy and no more.
    static PpoConfig once() {
        return new PpoConfig(
                Estimator.GAE,
                4,
                0,
                1,
                0,
                32,
                1,
                1,
                8,
                MAX_RESPONSE,
                1,
                2e-3,
                2e-3,
                0,
                RateSchedule.CONSTANT,
                0,
                1,
                0.95,
                0.2,
                0.2,
                3,
                1,
                1e-5,
                0.05,
                150,
                ScoreShaping.standard(),
                2,
                0,
                0,
                1,
                LIMITS,
                JudgeWatch.off());
    }

    /// The settings with one of them changed.
    static PpoConfig with(PpoConfig config, String setting, Object value) {
        JsonMapper json = JsonMapper.builder().build();
        ObjectNode tree = json.valueToTree(config);
        tree.putPOJO(setting, value);
        return json.convertValue(tree, PpoConfig.class);
    }

    /// A random reference policy in `folder`, and what 40 people said of its answers.
    static RefreshInput input(Path folder, int comparisons) throws IOException {
        List<List<Integer>> prompts = prompts(comparisons, 1);
        List<Example> examples = new ArrayList<>();
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Llama policy = Llama.random(manager, CONFIG, 3)) {
            policy.save(folder);
            RolloutSampler sampler = new RolloutSampler(manager, ppo(1), policy);
            List<Answer> a = sampler.answers(policy, prompts, 11);
            List<Answer> b = sampler.answers(policy, prompts, 12);
            SplittableRandom random = new SplittableRandom(5);
            for (int i = 0; i < comparisons; i++) {
                examples.add(preference(i, a.get(i), b.get(i), random));
            }
        }
        return new RefreshInput(
                folder,
                folder,
                examples,
                seen(prompts),
                Map.of(),
                1,
                OptionalDouble.empty(),
                KnownAnswers.NONE,
                Gold.none(),
                7);
    }

    /// Settings of a refresh that learns within seconds.
    static RefreshConfig refresh(int steps) {
        return refresh(steps, 0.53, new GateConfig(128, 0.5, 0.45, 10, 0.4, 0.1, 5, 0));
    }

    /// The same with nothing in the way of a candidate.
    static RefreshConfig lenient(int steps) {
        return lenient(steps, 10);
    }

    /// The same with a limit of KL alone.
    static RefreshConfig lenient(int steps, double maxKl) {
        return refresh(steps, 0, new GateConfig(128, -1, -1, maxKl, 0, 0, 100, 0));
    }

    private static RefreshConfig refresh(int steps, double requiredAccuracy, GateConfig gate) {
        return new RefreshConfig(
                new RewardConfig(
                        3e-3,
                        2,
                        16,
                        0.01,
                        0,
                        4,
                        1,
                        0.05,
                        requiredAccuracy,
                        0,
                        1,
                        0.5,
                        0,
                        false,
                        false),
                ppo(steps),
                gate,
                128,
                100,
                HalfLife.NONE,
                List.of(3.0));
    }
}
