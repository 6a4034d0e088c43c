package io.thumbwheel.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.ScalarModel;
import io.thumbwheel.trainer.reward.KnownAnswers;
import io.thumbwheel.trainer.reward.Normalisation;
import io.thumbwheel.trainer.reward.RewardModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyOptimizationTest {

    @TempDir Path folder;

    @BeforeEach
    void writeModels() throws IOException {
        float[] head = new float[Toy.CONFIG.hidden()];
        head[3] = 1;
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Llama policy = Llama.random(manager, Toy.CONFIG, 3);
                RewardModel reward =
                        new RewardModel(
                                manager,
                                ScalarModel.from(
                                        manager,
                                        policy,
                                        new ScalarModel.Heads(head, new float[head.length])),
                                Normalisation.NONE)) {
            policy.save(folder.resolve("policy"));
            reward.save(folder.resolve("reward"));
        }
    }

    @ParameterizedTest
    @CsvSource({"GAE, 0", "GAE, 1", "RLOO, 0", "GRPO, 0"})
    void interruptedAndRunAgainItEndsWithTheSamePolicy(Estimator estimator, int frozenLayers)
            throws IOException {
        PpoConfig config = Toy.with(Toy.ppo(estimator, 5), "frozenLayers", frozenLayers);
        String whole = run(config, "whole", (_, _, _, _, _) -> {});

        assertThatThrownBy(() ->
                        run(
                                config,
                                "broken",
                                (phase, step, _, _, _) -> {
                                    if (phase.equals("ppo") && step == 3) {
                                        Thread.currentThread().interrupt();
                                    }
                                }))
                .isInstanceOf(CancellationException.class);
        assertThat(folder.resolve("broken/policy")).doesNotExist();
        String resumed = run(config, "broken", (_, _, _, _, _) -> {});

        assertThat(whole).isEmpty();
        assertThat(resumed).isEmpty();
        assertThat(folder.resolve("broken/policy/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("whole/policy/model.safetensors"));
        assertThat(folder.resolve("broken/samples.json"))
                .hasSameTextualContentAs(folder.resolve("whole/samples.json"));
        assertThat(Files.readAllBytes(folder.resolve("whole/policy/model.safetensors")))
                .isNotEqualTo(Files.readAllBytes(folder.resolve("policy/model.safetensors")));
    }

    @Test
    void aRewardModelOfOtherLowerLayersSharesNothing() throws IOException {
        try (NDManager manager = ComputeDevice.CPU.open();
                Llama other = Llama.random(manager, Toy.CONFIG, 4)) {
            other.save(folder.resolve("policy"));
        }

        assertThatThrownBy(() ->
                        run(Toy.with(Toy.ppo(2), "frozenLayers", 1), "work", (_, _, _, _, _) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the reward model's first layers are not")
                .hasMessageContaining("reward --freeze-layers 1");
    }

    @Test
    void withoutPromptsItIsRefused() {
        assertThatThrownBy(() ->
                        new PolicyOptimization.Task(
                                folder.resolve("policy"),
                                folder.resolve("policy"),
                                folder.resolve("reward"),
                                List.of(),
                                KnownAnswers.NONE,
                                3,
                                1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no prompts");
    }

    @Test
    void itCanBeginFarFromTheReference() throws IOException {
        List<Double> kl = new ArrayList<>();
        run(Toy.ppo(12), "first", (_, _, _, metrics, _) -> kl.add(metrics.get("objective/kl")));
        double end = kl.getLast();
        assertThat(kl.getFirst()).isZero();
        assertThat(end).isGreaterThan(0.2);
        kl.clear();

        String why =
                run(
                        folder.resolve("first/policy"),
                        Toy.ppo(1),
                        "second",
                        (_, _, _, metrics, _) -> kl.add(metrics.get("objective/kl")));

        assertThat(why).isEmpty();
        assertThat(kl.getFirst()).isGreaterThan(0.5 * end);
        JsonNode first = samples("first");
        JsonNode second = samples("second");
        assertThat(second.path(0).path("before")).isEqualTo(first.path(0).path("after"));
    }

    private JsonNode samples(String work) throws IOException {
        return JsonMapper.builder()
                .build()
                .readTree(folder.resolve(work).resolve("samples.json").toFile());
    }

    private String run(PpoConfig config, String work, ProgressListener progress)
            throws IOException {
        return run(folder.resolve("policy"), config, work, progress);
    }

    private String run(Path policy, PpoConfig config, String work, ProgressListener progress)
            throws IOException {
        return PolicyOptimization.run(
                ComputeDevice.CPU,
                new PolicyOptimization.Task(
                        policy,
                        folder.resolve("policy"),
                        folder.resolve("reward"),
                        Toy.prompts(60, 1),
                        KnownAnswers.NONE,
                        3,
                        7),
                config,
                folder.resolve(work),
                progress);
    }
}
