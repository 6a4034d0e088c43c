package io.thumbwheel.trainer.onnx;

import static io.thumbwheel.trainer.onnx.GraphNodes.MICROSOFT;
import static io.thumbwheel.trainer.onnx.GraphNodes.attribute;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.io.IOException;
import java.util.List;

/// Products by MatMulNBits: integers of 4 bits with one scale for each 32 weights of an output, the
/// least memory of all. Accuracy level 4 lets the kernel quantise its input to 8 bits, by blocks.
///
/// https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.MatMulNBits
final class BlockMatrices implements Matrices {
    private static final int BITS = 4;
    private static final int BLOCK = 32;
    private static final int ACCURACY_LEVEL = 4;

    private final GraphNodes graph;
    private final WeightSink sink;

    BlockMatrices(GraphNodes graph, WeightSink sink) {
        this.graph = graph;
        this.sink = sink;
    }

    @Override
    public String product(String name, String input, Rows rows, float[] weight, int out)
            throws IOException {
        int in = weight.length / out;
        Packed packed = Packed.of(weight, out);
        int blocks = packed.scales().length / out;
        String integers =
                graph.weight(
                        sink.write(
                                name + ".weight",
                                DataType.UINT8,
                                packed.integers(),
                                out,
                                blocks,
                                BLOCK * BITS / Byte.SIZE));
        String scales = graph.weight(sink.write(name + ".scales", packed.scales(), out, blocks));
        return graph.node(
                MICROSOFT,
                "MatMulNBits",
                List.of(input, integers, scales),
                name,
                attribute("K", in),
                attribute("N", out),
                attribute("bits", BITS),
                attribute("block_size", BLOCK),
                attribute("accuracy_level", ACCURACY_LEVEL));
    }

    @Override
    public String head(
            String name, String input, String embedding, boolean tied, float[] weight, int vocab)
            throws IOException {
        return product(name, input, Rows.WANTED, weight, vocab);
    }

    /// A matrix as MatMulNBits takes it: `w = (q - 8) · scale`. The weight of greatest magnitude in
    /// a block becomes -8 exactly, as in GGUF's Q4_0.
    ///
    /// @param integers two to a byte, the earlier one in the low half [out, blocks, 16]; what a
    ///   last block lacks is 8, that is 0
    /// @param scales [out, blocks]
    record Packed(byte[] integers, float[] scales) {
        private static final int ZERO = 8;
        private static final int MOST = 15;

        /// @param weight [out, in]
        static Packed of(float[] weight, int out) {
            int in = weight.length / out;
            int blocks = (in + BLOCK - 1) / BLOCK;
            byte[] integers = new byte[out * blocks * BLOCK / 2];
            float[] scales = new float[out * blocks];
            for (int row = 0; row < out; row++) {
                for (int block = 0; block < blocks; block++) {
                    int from = row * in + block * BLOCK;
                    int to = Math.min(from + BLOCK, (row + 1) * in);
                    int at = row * blocks + block;
                    scales[at] = extreme(weight, from, to) / -ZERO;
                    pack(weight, from, to, scales[at], integers, at * BLOCK / 2);
                }
            }
            return new Packed(integers, scales);
        }

        private static float extreme(float[] weight, int from, int to) {
            float extreme = 0;
            for (int i = from; i < to; i++) {
                extreme = Math.abs(weight[i]) > Math.abs(extreme) ? weight[i] : extreme;
            }
            return extreme;
        }

        private static void pack(
                float[] weight, int from, int to, float scale, byte[] integers, int at) {
            for (int i = 0; i < BLOCK; i += 2) {
                int low = integer(weight, from + i, to, scale);
                int high = integer(weight, from + i + 1, to, scale);
                integers[at + i / 2] = (byte) (low | high << 4);
            }
        }

        private static int integer(float[] weight, int index, int to, float scale) {
            if (index >= to || scale == 0) {
                return ZERO;
            }
            return Math.clamp(Math.round(weight[index] / scale) + ZERO, 0, MOST);
        }
    }
}
