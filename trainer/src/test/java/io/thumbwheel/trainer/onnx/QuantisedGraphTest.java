package io.thumbwheel.trainer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.release.Parity;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class QuantisedGraphTest {
    private static final List<List<Integer>> SEQUENCES =
            List.of(List.of(1, 3, 17, 90, 4, 55, 55, 8, 119, 2), List.of(1, 3, 61, 4, 30, 31, 32));

    @TempDir Path folder;

    @Test
    void eightBitsAreWithinHalfAStepOfTheWeight() {
        int out = 3;
        float[] weight = random(out * 40);
        weight[45] = -7; // the greatest of its row: a step is 7 / 127

        IntegerMatrices.Quantised matrix = IntegerMatrices.Quantised.byOutput(weight, out);

        assertThat(matrix.scales()[1]).isEqualTo(7f / 127);
        assertThat(matrix.transposed()[5 * out + 1]).isEqualTo((byte) -127);
        for (int row = 0; row < out; row++) {
            for (int i = 0; i < 40; i++) {
                float value = matrix.transposed()[i * out + row] * matrix.scales()[row];
                assertThat(value)
                        .isCloseTo(weight[row * 40 + i], within(0.501f * matrix.scales()[row]));
            }
        }
    }

    @Test
    void fourBitsAreWithinAStepOfTheWeightAndABlockIsFilledUp() {
        int out = 2;
        float[] weight = random(out * 40); // a block of 32 and one of 8
        weight[3] = -5; // the greatest of its block: becomes 0, that is -8

        BlockMatrices.Packed packed =
                BlockMatrices.Packed.of(weight, out, BlockMatrices.Blocks.OF_FOUR_BITS);

        assertThat(packed.scales()).hasSize(4);
        assertThat(packed.scales()[0]).isEqualTo(5f / 8);
        assertThat(integer(packed, 0, 3)).isZero();
        assertThat(integer(packed, 1, 8)).isEqualTo(8);
        for (int row = 0; row < out; row++) {
            for (int i = 0; i < 40; i++) {
                int block = row * 2 + i / 32;
                float scale = packed.scales()[block];
                assertThat((integer(packed, block, i % 32) - 8) * scale)
                        .isCloseTo(weight[row * 40 + i], within(1.001f * Math.abs(scale)));
            }
        }
    }

    @Test
    void eightBitsInBlocksAreWithinAStepOfTheWeight() {
        int out = 2;
        float[] weight = random(out * 80); // a block of 64 and one of 16
        weight[80] = 6; // the greatest of its block: becomes 0, that is -128 of a negative step

        BlockMatrices.Packed packed =
                BlockMatrices.Packed.of(weight, out, BlockMatrices.Blocks.OF_EIGHT_BITS);

        assertThat(packed.scales()).hasSize(4);
        assertThat(packed.scales()[2]).isEqualTo(-6f / 128);
        assertThat(packed.integers()[2 * 64]).isZero();
        assertThat(packed.integers()[1 * 64 + 16]).isEqualTo((byte) 128);
        for (int row = 0; row < out; row++) {
            for (int i = 0; i < 80; i++) {
                int block = row * 2 + i / 64;
                int integer = Byte.toUnsignedInt(packed.integers()[block * 64 + i % 64]);
                assertThat((integer - 128) * packed.scales()[block])
                        .isCloseTo(
                                weight[row * 80 + i],
                                within(1.001f * Math.abs(packed.scales()[block])));
            }
        }
    }

    @Test
    void aMatrixOfZerosStaysOne() {
        assertThat(IntegerMatrices.Quantised.byOutput(new float[8], 2).transposed())
                .containsOnly(0);
        assertThat(
                        BlockMatrices.Packed.of(new float[32], 1, BlockMatrices.Blocks.OF_FOUR_BITS)
                                .integers())
                .containsOnly(0x88);
        assertThat(
                        BlockMatrices.Packed.of(
                                        new float[64], 1, BlockMatrices.Blocks.OF_EIGHT_BITS)
                                .integers())
                .containsOnly(0x80);
    }

    @ParameterizedTest
    @MethodSource("io.thumbwheel.trainer.onnx.RandomCheckpoint#families")
    void quantisedGraphsStayNearTheTrainer(ModelConfig config) throws Exception {
        RandomCheckpoint.write(folder, config, 7);
        OnnxExport.write(folder, folder);
        OnnxExport.quantise(folder, folder, Precision.INT8);
        OnnxExport.quantise(folder, folder, Precision.INT4);

        try (NDManager manager = NDManager.newBaseManager();
                Llama policy = Llama.load(manager, folder)) {
            ReleaseManifest.Quantised eight =
                    Parity.measure(policy, folder, Precision.INT8, SEQUENCES);
            ReleaseManifest.Quantised four =
                    Parity.measure(policy, folder, Precision.INT4, SEQUENCES);

            assertThat(eight.parity().maxLogProb()).isBetween(1e-4, 0.15);
            assertThat(eight.parity().meanLogProb()).isLessThan(0.05);
            assertThat(eight.greedyAgreement()).isGreaterThan(0.8);
            assertThat(Parity.withinBound(eight)).isTrue();
            swapGraphs(Precision.INT8);
            assertThat(Parity.measure(policy, folder, Precision.INT8, SEQUENCES))
                    .isNotEqualTo(eight); // both of them are run
            assertThat(four.parity().meanLogProb())
                    .isGreaterThan(eight.parity().meanLogProb())
                    .isLessThan(0.5);
        }
        assertThat(Files.size(folder.resolve(Precision.weightsOf(Precision.INT8.graph()))))
                .isLessThan(
                        Files.size(folder.resolve(Precision.weightsOf(Precision.FP32.graph()))));
    }

    @Test
    void theBatchDoesNotChangeARow() throws Exception {
        ModelConfig config = RandomCheckpoint.tiny(true);
        RandomCheckpoint.write(folder, config, 7);
        OnnxExport.write(folder, folder);
        OnnxExport.quantise(folder, folder, Precision.INT8);

        try (GraphSession graph = new GraphSession(config, folder, Precision.INT8)) {
            FloatBuffer whole = graph.start(new int[] {1, 3, 17, 90}); // [4, vocab]
            float[] together = new float[config.vocab()];
            whole.get(2 * config.vocab(), together);
            FloatBuffer shorter = graph.start(new int[] {1, 3, 17}); // [3, vocab]
            float[] alone = new float[config.vocab()];
            shorter.get(2 * config.vocab(), alone);

            for (int id = 0; id < alone.length; id++) {
                assertThat(together[id]).isCloseTo(alone[id], within(1e-5f));
            }
        }
    }

    /// The graph for single tokens takes the others, and the other way round.
    private void swapGraphs(Precision precision) throws Exception {
        Path aside = folder.resolve("aside.onnx");
        Path single = folder.resolve(precision.single().orElseThrow());
        Files.move(single, aside);
        Files.move(folder.resolve(precision.graph()), single);
        Files.move(aside, folder.resolve(precision.graph()));
    }

    private static int integer(BlockMatrices.Packed packed, int block, int index) {
        int both = packed.integers()[block * 16 + index / 2];
        return index % 2 == 0 ? both & 15 : both >> 4 & 15;
    }

    private static float[] random(int size) {
        Random random = new Random(5);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
