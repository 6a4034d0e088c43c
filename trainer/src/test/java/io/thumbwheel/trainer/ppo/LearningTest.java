package io.thumbwheel.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.model.ComputeDevice;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.reward.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole learning half at toy size: noisy picks, reward model, judge, PPO, gate.
@Tag("learning")
class LearningTest {

    @TempDir Path folder;

    @Test
    void noisyPicksMakeABetterPolicy() throws IOException {
        RefreshInput input = Toy.input(folder.resolve("r0"), 1600);
        StringBuilder curve = new StringBuilder("seed %d%n".formatted(input.seed()));

        Outcome outcome =
                Refresh.run(
                        ComputeDevice.CPU,
                        input,
                        Toy.refresh(13),
                        folder.resolve("work"),
                        (phase, step, steps, metrics, note) ->
                                curve.append(
                                        "%s %d/%d %s %s%n"
                                                .formatted(phase, step, steps, metrics, note)));

        assertThat(outcome).as(curve.toString()).isInstanceOf(Outcome.Candidate.class);
        Outcome.Candidate candidate = (Outcome.Candidate) outcome;
        assertThat(candidate.klToReference()).as(curve.toString()).isBetween(0.0, 8.0);
        assertThat(meanLiking(candidate.huggingFaceFolder()))
                .as(curve.toString())
                .isGreaterThan(meanLiking(input.reference()) + 0.7);
    }

    /// Without noise, over prompts that nothing was trained on.
    private static double meanLiking(Path policyFolder) throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Llama policy = Llama.load(manager, policyFolder)) {
            List<Answer> answers =
                    new RolloutSampler(manager, Toy.ppo(1), policy)
                            .answers(policy, Toy.prompts(400, 99), 17);
            return Toy.meanLiking(answers);
        }
    }
}
