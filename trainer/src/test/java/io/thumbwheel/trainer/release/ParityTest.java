package io.thumbwheel.trainer.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import ai.djl.ndarray.NDManager;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.onnx.OnnxExport;
import io.thumbwheel.trainer.onnx.PlainLlama;
import io.thumbwheel.trainer.onnx.RandomCheckpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParityTest {
    private static final List<List<Integer>> SEQUENCES =
            List.of(
                    List.of(1, 3, 17, 90, 4, 55, 55, 8, 119, 2),
                    List.of(1, 3, 61, 4, 30, 31, 32),
                    List.of(1, 4));

    @TempDir Path folder;

    @Test
    void theExportedGraphAgreesWithTheTrainer() throws Exception {
        RandomCheckpoint.write(folder, RandomCheckpoint.tiny(true), 7);
        OnnxExport.write(folder, folder);

        try (NDManager manager = NDManager.newBaseManager();
                Llama policy = Llama.load(manager, folder)) {
            ReleaseManifest.Parity parity = Parity.measure(policy, folder, SEQUENCES);

            assertThat(parity.maxLogit()).isLessThan(1e-4);
            assertThat(parity.maxLogProb()).isLessThan(1e-4);
            assertThat(parity.meanLogProb())
                    .isLessThan(1e-5)
                    .isLessThanOrEqualTo(parity.maxLogProb());
            assertThat(Parity.withinBound(parity)).isTrue();
        }
    }

    @Test
    void aGraphOfOtherWeightsIsBeyondTheBound() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        RandomCheckpoint.write(folder, RandomCheckpoint.tiny(true), 7);
        RandomCheckpoint.write(other, RandomCheckpoint.tiny(true), 8);
        OnnxExport.write(other, other);

        try (NDManager manager = NDManager.newBaseManager();
                Llama policy = Llama.load(manager, folder)) {
            ReleaseManifest.Parity parity = Parity.measure(policy, other, SEQUENCES);

            assertThat(parity.maxLogit()).isGreaterThan(0.1);
            assertThat(Parity.withinBound(parity)).isFalse();
        }
    }

    @Test
    void selfTestsAreTheGreedyAnswersOfThePlainForwardPass() throws Exception {
        RandomCheckpoint.write(folder, RandomCheckpoint.tiny(false), 11);
        List<Integer> prompt = List.of(1, 3, 17, 90, 4);

        try (NDManager manager = NDManager.newBaseManager();
                Llama policy = Llama.load(manager, folder)) {
            ReleaseManifest.SelfTest test = SelfTests.make(policy, List.of(prompt)).getFirst();

            assertThat(test.promptIds()).isEqualTo(prompt);
            assertThat(test.tokenIds()).hasSizeBetween(1, 16);
            assertThat(test.logProbs().size()).isEqualTo(test.tokenIds().size());
            double[][] logits =
                    PlainLlama.logits(folder, prompt.stream().mapToInt(id -> id).toArray());
            double[] last = logits[4]; // [vocab]
            int best = 0;
            double total = 0;
            for (int id = 0; id < last.length; id++) {
                best = last[id] > last[best] ? id : best;
                total += Math.exp(last[id]);
            }
            assertThat(test.tokenIds().getFirst()).isEqualTo(best);
            assertThat((double) test.logProbs().get(0))
                    .isCloseTo(last[best] - Math.log(total), offset(1e-5));
            assertThat(test.margins().get(0)).isPositive();
        }
    }
}
