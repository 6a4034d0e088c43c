package io.thumbwheel.trainer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.schemas.artifact.UnsupportedModelException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxExportTest {
    private static final int[] TOKENS = {1, 3, 17, 90, 4, 55, 55, 8, 119, 2, 61, 30};
    private static final double BOUND = 1e-4;

    @TempDir Path folder;

    @ParameterizedTest
    @MethodSource("io.thumbwheel.trainer.onnx.RandomCheckpoint#families")
    void theGraphComputesWhatAPlainForwardPassComputes(ModelConfig config) throws Exception {
        RandomCheckpoint.write(folder, config, 7);

        OnnxExport.write(folder, folder);

        double[][] expected = PlainLlama.logits(folder, TOKENS); // [seq][vocab]
        try (GraphSession graph = new GraphSession(config, folder, Precision.FP32)) {
            FloatBuffer logits = graph.start(TOKENS); // [seq, vocab]
            assertThat(spread(expected)).isGreaterThan(2);
            assertThat(distance(expected, logits)).isLessThan(BOUND);
        }
    }

    @ParameterizedTest
    @MethodSource("io.thumbwheel.trainer.onnx.RandomCheckpoint#families")
    void decodingThroughTheCacheIsTheFullForwardPass(ModelConfig config) throws Exception {
        RandomCheckpoint.write(folder, config, 8);
        OnnxExport.write(folder, folder);
        double[][] expected = PlainLlama.logits(folder, TOKENS); // [seq][vocab]

        try (GraphSession graph = new GraphSession(config, folder, Precision.FP32)) {
            graph.start(Arrays.copyOf(TOKENS, 5));
            for (int position = 5; position < TOKENS.length; position++) {
                FloatBuffer logits = graph.append(TOKENS[position]); // [1, vocab]
                double[][] last = {expected[position]};
                assertThat(distance(last, logits)).as("position %d", position).isLessThan(BOUND);
            }
        }
    }

    @Test
    void headsThatTheKernelCannotDoAreRefused() throws Exception {
        ModelConfig config =
                ModelConfig.llama(61, 32, 1, 4, 2, 8, 48, 40, 1e-5, 10_000, true, 1, 2, 0);
        RandomCheckpoint.write(folder, config, 1);

        assertThatThrownBy(() -> OnnxExport.write(folder, folder))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("head_dim 8");
        assertThat(folder.resolve(Precision.FP32.graph())).doesNotExist();
    }

    @Test
    void theSameCheckpointGivesTheSameBytes() throws Exception {
        RandomCheckpoint.write(folder, RandomCheckpoint.tiny(true), 9);
        Path first = Files.createDirectory(folder.resolve("first"));
        Path second = Files.createDirectory(folder.resolve("second"));

        OnnxExport.write(folder, first);
        OnnxExport.write(folder, second);

        for (String file : Precision.FP32.files()) {
            assertThat(first.resolve(file)).hasSameBinaryContentAs(second.resolve(file));
        }
    }

    private static double distance(double[][] expected, FloatBuffer logits) {
        double greatest = 0;
        for (int row = 0; row < expected.length; row++) {
            for (int id = 0; id < expected[row].length; id++) {
                double error =
                        Math.abs(expected[row][id] - logits.get(row * expected[row].length + id));
                greatest = Double.isNaN(error) ? Double.MAX_VALUE : Math.max(greatest, error);
            }
        }
        return greatest;
    }

    private static double spread(double[][] logits) {
        return Arrays.stream(logits).flatMapToDouble(Arrays::stream).max().orElseThrow();
    }
}
