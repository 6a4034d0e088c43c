package io.thumbwheel.trainer.bench;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.ScalarModel;
import io.thumbwheel.trainer.ppo.PolicyOptimization;
import io.thumbwheel.trainer.ppo.PpoConfig;
import io.thumbwheel.trainer.reward.KnownAnswers;
import io.thumbwheel.trainer.reward.Normalisation;
import io.thumbwheel.trainer.reward.RewardModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;

/// Where the time of a PPO step goes, at the seed policy's shape and the standard settings.
///
/// @param seconds mean of the steps, by part
/// @param shares of the matrix product's rate, by step
record PpoSplit(SequencedMap<String, Double> seconds, List<Double> shares) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int STEPS = 6; // the first warms up
    private static final int PROMPT = 24;
    private static final List<String> PARTS = List.of("rollout", "score", "forward", "update");

    /// Runs some steps of PPO in a temporary folder.
    ///
    /// @param frozenLayers that policy, reference and value model share
    static PpoSplit measure(int frozenLayers) throws IOException {
        try (Scratch scratch = Scratch.make()) {
            ObjectNode config = JSON.valueToTree(PpoConfig.standard());
            config.put("frozenLayers", frozenLayers);
            return measure(scratch.path(), JSON.treeToValue(config, PpoConfig.class));
        }
    }

    private static PpoSplit measure(Path folder, PpoConfig config) throws IOException {
        makeModels(folder);
        List<List<Integer>> prompts = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 200; i++) {
            prompts.add(random.ints(PROMPT, 8, TrainerBenchmark.SEED.vocab()).boxed().toList());
        }
        List<Map<String, Double>> steps = new ArrayList<>();
        List<Double> limits = new ArrayList<>(); // the one after each step
        try {
            PolicyOptimization.run(
                    ComputeDevice.CPU,
                    new PolicyOptimization.Task(
                            folder.resolve("policy"),
                            folder.resolve("policy"),
                            folder.resolve("reward"),
                            prompts,
                            KnownAnswers.NONE,
                            3,
                            1),
                    config,
                    folder.resolve("work"),
                    (phase, step, _, metrics, _) -> {
                        if (phase.equals("ppo")) {
                            steps.add(metrics);
                            limits.add(TrainerBenchmark.matmul());
                            if (step == STEPS) {
                                Thread.currentThread().interrupt();
                            }
                        }
                    });
        } catch (CancellationException enough) {
            Thread.interrupted();
        }
        List<Map<String, Double>> measured = steps.subList(1, steps.size());
        SequencedMap<String, Double> seconds = new LinkedHashMap<>();
        for (String part : PARTS) {
            seconds.put(
                    part,
                    measured.stream()
                            .mapToDouble(step -> step.getOrDefault("time/" + part, 0.0))
                            .average()
                            .orElseThrow());
        }
        List<Double> shares = new ArrayList<>();
        for (int i = 1; i < steps.size(); i++) {
            double limit = (limits.get(i - 1) + limits.get(i)) / 2;
            shares.add(flops(steps.get(i), config) / total(steps.get(i)) / limit);
        }
        return new PpoSplit(seconds, shares);
    }

    /// Random models in the folder.
    private static void makeModels(Path folder) throws IOException {
        float[] head = new float[TrainerBenchmark.SEED.hidden()];
        for (int i = 0; i < head.length; i++) {
            head[i] = i % 2 == 0 ? 0.1f : -0.1f;
        }
        try (NDManager manager = ComputeDevice.CPU.open();
                Llama policy = Llama.random(manager, TrainerBenchmark.SEED, 1);
                RewardModel reward =
                        new RewardModel(
                                manager,
                                ScalarModel.from(
                                        manager, policy, new ScalarModel.Heads(head, head)),
                                Normalisation.NONE)) {
            policy.save(folder.resolve("policy"));
            reward.save(folder.resolve("reward"));
        }
    }

    private static double total(Map<String, Double> step) {
        return PARTS.stream().mapToDouble(part -> step.getOrDefault("time/" + part, 0.0)).sum();
    }

    /// Operations of a step: an answer is sampled, scored by the reward model, looked at by policy,
    /// reference and value model, and learned from by two of them; the policy learns from texts of
    /// the pretraining mix besides. Those are answers of random weights that ended by themselves,
    /// which they do anywhere: half as long in the mean.
    private static double flops(Map<String, Double> step, PpoConfig config) {
        Flops flops = new Flops(TrainerBenchmark.SEED);
        double answers = config.episodes();
        double length = step.getOrDefault("episode/length", 0.0);
        double seq = PROMPT + length;
        double sampled = flops.forward(answers, PROMPT, answers);
        for (int t = 1; t < length; t++) {
            sampled += answers * flops.decode(PROMPT + t);
        }
        double withHead = flops.forward(answers, seq, answers * length);
        double without = flops.forward(answers, seq, 0);
        return sampled
                + without
                + 2 * withHead
                + without
                + config.epochs() * 3 * (withHead + without)
                + config.epochs() * config.minibatches() * 3 * mixed(flops, step, config);
    }

    /// Forward over the texts of the mix that one update takes.
    private static double mixed(Flops flops, Map<String, Double> step, PpoConfig config) {
        if (step.getOrDefault("loss/ptx_avg", 0.0) == 0) {
            return 0; // none ended
        }
        double length = step.getOrDefault("episode/length", 0.0) / 2;
        return flops.forward(config.ptxExamples(), PROMPT + length, config.ptxExamples() * length);
    }

    /// The whole step as a share of the limit.
    Figure share() {
        return Figure.of("seed PPO step, fp32", shares, 0.60, 0.75, "matmul's GFLOP/s");
    }

    /// Of a whole step.
    double total() {
        return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /// Lines for people.
    List<String> lines() {
        double all = total();
        return seconds.entrySet().stream()
                .map(part ->
                        String.format(
                                Locale.ROOT,
                                "PPO step, %-8s %6.2f s  %3.0f%%",
                                part.getKey(),
                                part.getValue(),
                                100 * part.getValue() / all))
                .toList();
    }
}
