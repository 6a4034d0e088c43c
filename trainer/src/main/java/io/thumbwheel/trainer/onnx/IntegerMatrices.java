package io.thumbwheel.trainer.onnx;

import static io.thumbwheel.trainer.onnx.GraphNodes.MICROSOFT;
import static io.thumbwheel.trainer.onnx.GraphNodes.ONNX;
import static io.thumbwheel.trainer.onnx.GraphNodes.attribute;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Products of 8-bit integers, which CPUs with VNNI add up four at a time (LLM.int8()'s vector-wise
/// quantisation without its outliers, Dettmers et al., arXiv:2208.07339, section 3.1):
///
/// ```
/// y[r, o] = s[r] · t[o] · Σ_i q(x[r, i]) · w[o, i],   s[r] = max_i |x[r, i]| / 127,
///                                                     t[o] = max_i |W[o, i]| / 127
/// ```
///
/// Each row has a scale of its own, found as it comes: what else is in the batch changes nothing.
/// The product is QGemm: MatMulIntegerToFloat, the same sum, fills a vector with the scales, one by
/// one, at every call: up to a fifth of what products of one row take. Inputs are unsigned with
/// zero point 128, weights signed: the pair that the instruction takes.
final class IntegerMatrices implements Matrices {
    private static final int LEVELS = 127;
    private static final byte ZERO_POINT = (byte) 128;

    private final GraphNodes graph;
    private final WeightSink sink;
    private final Map<Rows, String> zeroPoints = new EnumMap<>(Rows.class);
    private final Map<Integer, String> zeros = new HashMap<>();

    IntegerMatrices(GraphNodes graph, WeightSink sink) {
        this.graph = graph;
        this.sink = sink;
        graph.weight(GraphNodes.scalar("level", 1f / LEVELS));
        graph.weight(GraphNodes.scalar("one", 1f));
        graph.weight(GraphNodes.scalar("zero_point", DataType.UINT8, ZERO_POINT));
        graph.constant("last_axis", -1);
    }

    @Override
    public String product(String name, String input, Rows rows, float[] weight, int out)
            throws IOException {
        int in = weight.length / out;
        String scale = rowScale(name, input); // [rows, 1]
        String quantised =
                graph.node(
                        ONNX,
                        "QuantizeLinear",
                        List.of(input, scale, zeroPoints(rows, scale)),
                        name + ".in",
                        attribute("axis", -1),
                        attribute("block_size", in)); // [rows, in]
        Quantised matrix = Quantised.byOutput(weight, out);
        String integers =
                graph.weight(
                        sink.write(name + ".weight", DataType.INT8, matrix.transposed(), in, out));
        String scales = graph.weight(sink.write(name + ".scales", matrix.scales(), out));
        String product =
                graph.node(
                        MICROSOFT,
                        "QGemm",
                        List.of(quantised, "one", "zero_point", integers, scales, zeros(out)),
                        name + ".unscaled"); // [rows, out]
        return graph.node(ONNX, "Mul", List.of(product, scale), name);
    }

    @Override
    public String head(
            String name, String input, String embedding, boolean tied, float[] weight, int vocab)
            throws IOException {
        return product(name, input, Rows.WANTED, weight, vocab);
    }

    /// QGemm wants a zero point for each scale.
    private String zeros(int out) {
        return zeros.computeIfAbsent(
                out,
                _ ->
                        graph.weight(
                                TensorProto.newBuilder()
                                        .setName("zeros." + out)
                                        .setDataType(DataType.INT8.getNumber())
                                        .addDims(out)
                                        .setRawData(ByteString.copyFrom(new byte[out]))
                                        .build()));
    }

    private String rowScale(String name, String input) {
        String magnitude = graph.node(ONNX, "Abs", List.of(input), name + ".magnitude");
        String greatest =
                graph.node(
                        ONNX,
                        "ReduceMax",
                        List.of(magnitude, "last_axis"),
                        name + ".greatest",
                        attribute("keepdims", 1));
        return graph.node(ONNX, "Mul", List.of(greatest, "level"), name + ".scale");
    }

    /// One zero point for each scale, made once for each kind of rows.
    private String zeroPoints(Rows rows, String scale) {
        return zeroPoints.computeIfAbsent(
                rows,
                _ -> {
                    String shape = graph.node(ONNX, "Shape", List.of(scale), "scale_shape." + rows);
                    return graph.node(
                            ONNX,
                            "ConstantOfShape",
                            List.of(shape),
                            "zero_points." + rows,
                            attribute("value", zeroPoint()));
                });
    }

    private static TensorProto zeroPoint() {
        return GraphNodes.scalar("zero_points", DataType.UINT8, ZERO_POINT).toBuilder()
                .addDims(1)
                .build();
    }

    /// A matrix as integers.
    ///
    /// @param transposed [in, out]
    /// @param scales what an integer is worth [out]
    record Quantised(byte[] transposed, float[] scales) {
        /// @param weight [out, in]
        static Quantised byOutput(float[] weight, int out) {
            int in = weight.length / out;
            byte[] transposed = new byte[weight.length];
            float[] scales = new float[out];
            for (int row = 0; row < out; row++) {
                float greatest = 0;
                for (int i = row * in; i < (row + 1) * in; i++) {
                    greatest = Math.max(greatest, Math.abs(weight[i]));
                }
                scales[row] = greatest / LEVELS;
                float inverse = greatest == 0 ? 0 : LEVELS / greatest;
                for (int i = 0; i < in; i++) {
                    transposed[i * out + row] = (byte) Math.round(weight[row * in + i] * inverse);
                }
            }
            return new Quantised(transposed, scales);
        }
    }
}
