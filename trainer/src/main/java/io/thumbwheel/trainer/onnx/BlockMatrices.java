package io.thumbwheel.trainer.onnx;

import static io.thumbwheel.trainer.onnx.GraphNodes.MICROSOFT;
import static io.thumbwheel.trainer.onnx.GraphNodes.attribute;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.io.IOException;
import java.util.List;

/// Products by MatMulNBits: integers with one scale for each block of weights of an output. Of 4
/// bits they take the least memory of all; of 8 bits a pass over one row is the fastest, because
/// the kernel reads an output's weights one after the other and does all in one node. Accuracy
/// level 4 lets it quantise its input to 8 bits, by blocks.
///
/// https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.MatMulNBits
final class BlockMatrices implements Matrices {
    private static final int ACCURACY_LEVEL = 4;

    private final GraphNodes graph;
    private final WeightSink sink;
    private final Blocks blocks;

    private BlockMatrices(GraphNodes graph, WeightSink sink, Blocks blocks) {
        this.graph = graph;
        this.sink = sink;
        this.blocks = blocks;
    }

    static Matrices ofFourBits(GraphNodes graph, WeightSink sink) {
        return new BlockMatrices(graph, sink, Blocks.OF_FOUR_BITS);
    }

    static Matrices ofEightBits(GraphNodes graph, WeightSink sink) {
        return new BlockMatrices(graph, sink, Blocks.OF_EIGHT_BITS);
    }

    /// @param bits of an integer: 4 or 8
    /// @param size weights that share a scale
    record Blocks(int bits, int size) {
        static final Blocks OF_FOUR_BITS = new Blocks(4, 32);
        static final Blocks OF_EIGHT_BITS = new Blocks(8, 64);

        /// The integer that stands for 0.
        int zero() {
            return 1 << (bits - 1);
        }

        int most() {
            return (1 << bits) - 1;
        }

        int perByte() {
            return Byte.SIZE / bits;
        }
    }

    @Override
    public String product(String name, String input, Rows rows, float[] weight, int out)
            throws IOException {
        int in = weight.length / out;
        Packed packed = Packed.of(weight, out, blocks);
        int perOutput = packed.scales().length / out;
        String integers =
                graph.weight(
                        sink.write(
                                name + ".weight",
                                DataType.UINT8,
                                packed.integers(),
                                out,
                                perOutput,
                                blocks.size() / blocks.perByte()));
        String scales = graph.weight(sink.write(name + ".scales", packed.scales(), out, perOutput));
        return graph.node(
                MICROSOFT,
                "MatMulNBits",
                List.of(input, integers, scales),
                name,
                attribute("K", in),
                attribute("N", out),
                attribute("bits", blocks.bits()),
                attribute("block_size", blocks.size()),
                attribute("accuracy_level", ACCURACY_LEVEL));
    }

    @Override
    public String head(
            String name, String input, String embedding, boolean tied, float[] weight, int vocab)
            throws IOException {
        return product(name, input, Rows.WANTED, weight, vocab);
    }

    /// A matrix as MatMulNBits takes it: `w = (q - zero) · scale`. The weight of greatest magnitude
    /// in a block gets q = 0 and is kept exactly, as in GGUF's Q4_0.
    ///
    /// @param integers of 4 bits two to a byte, the earlier one in the low half [out, blocks,
    ///   bytes]; what a last block lacks stands for 0
    /// @param scales [out, blocks]
    record Packed(byte[] integers, float[] scales) {
        /// @param weight [out, in]
        static Packed of(float[] weight, int out, Blocks blocks) {
            int in = weight.length / out;
            int perOutput = (in + blocks.size() - 1) / blocks.size();
            byte[] integers = new byte[out * perOutput * blocks.size() / blocks.perByte()];
            float[] scales = new float[out * perOutput];
            for (int row = 0; row < out; row++) {
                for (int block = 0; block < perOutput; block++) {
                    int from = row * in + block * blocks.size();
                    int to = Math.min(from + blocks.size(), (row + 1) * in);
                    int at = row * perOutput + block;
                    scales[at] = extreme(weight, from, to) / -blocks.zero();
                    for (int i = 0; i < blocks.size(); i++) {
                        int q =
                                from + i < to
                                        ? integer(weight[from + i], scales[at], blocks)
                                        : blocks.zero();
                        int place = at * blocks.size() + i;
                        integers[place / blocks.perByte()] |=
                                (byte) (q << place % blocks.perByte() * blocks.bits());
                    }
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

        private static int integer(float weight, float scale, Blocks blocks) {
            if (scale == 0) {
                return blocks.zero();
            }
            return Math.clamp(Math.round(weight / scale) + blocks.zero(), 0, blocks.most());
        }
    }
}
