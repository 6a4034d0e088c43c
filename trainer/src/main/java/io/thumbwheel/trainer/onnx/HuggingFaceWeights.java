package io.thumbwheel.trainer.onnx;

import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.TensorNames;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/// A checkpoint's weights by their role in the graph, fp32, as stored ([out, in]). Borrows their
/// source.
final class HuggingFaceWeights {
    private final WeightSource source;
    private final Map<String, List<Long>> shapes;

    HuggingFaceWeights(ModelConfig config, WeightSource source) {
        this.source = source;
        shapes = TensorNames.shapes(config);
    }

    /// [vocab, hidden]
    float[] embedding() {
        return read(TensorNames.EMBEDDING);
    }

    /// [vocab, hidden]; only where it is not tied to the embedding.
    float[] head() {
        return read(TensorNames.HEAD);
    }

    /// [hidden]
    float[] finalNorm() {
        return read(TensorNames.FINAL_NORM);
    }

    /// [hidden]
    float[] attentionNorm(int layer) {
        return read(layer(layer, "input_layernorm"));
    }

    /// [hidden]
    float[] feedForwardNorm(int layer) {
        return read(layer(layer, "post_attention_layernorm"));
    }

    /// [(heads + 2 * kvHeads) * headDim, hidden]
    float[] queryKeyValue(int layer) {
        return stacked(
                read(layer(layer, "self_attn.q_proj")),
                read(layer(layer, "self_attn.k_proj")),
                read(layer(layer, "self_attn.v_proj")));
    }

    /// [(heads + 2 * kvHeads) * headDim]; only where the family has biases.
    float[] queryKeyValueBias(int layer) {
        return stacked(
                read(prefix(layer) + "self_attn.q_proj.bias"),
                read(prefix(layer) + "self_attn.k_proj.bias"),
                read(prefix(layer) + "self_attn.v_proj.bias"));
    }

    /// [headDim]; only where the family norms heads.
    float[] queryNorm(int layer) {
        return read(layer(layer, "self_attn.q_norm"));
    }

    /// [headDim]; only where the family norms heads.
    float[] keyNorm(int layer) {
        return read(layer(layer, "self_attn.k_norm"));
    }

    /// [hidden, heads * headDim]
    float[] attentionOutput(int layer) {
        return read(layer(layer, "self_attn.o_proj"));
    }

    /// [2 * intermediate, hidden]
    float[] gateUp(int layer) {
        return stacked(read(layer(layer, "mlp.gate_proj")), read(layer(layer, "mlp.up_proj")));
    }

    /// [hidden, intermediate]
    float[] down(int layer) {
        return read(layer(layer, "mlp.down_proj"));
    }

    private float[] read(String name) {
        List<Long> shape = shapes.get(name);
        if (shape == null) {
            throw new IllegalStateException("no tensor of this architecture is called " + name);
        }
        long size = shape.stream().reduce(1L, Math::multiplyExact);
        float[] values = new float[Math.toIntExact(size)];
        source.read(name, shape, FloatBuffer.wrap(values));
        return values;
    }

    private static String layer(int layer, String part) {
        return prefix(layer) + part + ".weight";
    }

    private static String prefix(int layer) {
        return "model.layers." + layer + ".";
    }

    private static float[] stacked(float[]... matrices) {
        int length = 0;
        for (float[] matrix : matrices) {
            length += matrix.length;
        }
        float[] all = new float[length];
        int at = 0;
        for (float[] matrix : matrices) {
            System.arraycopy(matrix, 0, all, at, matrix.length);
            at += matrix.length;
        }
        return all;
    }
}
