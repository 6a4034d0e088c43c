package io.thumbwheel.trainer.onnx;

import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.ModelFamily;
import io.thumbwheel.schemas.artifact.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/// The Llama forward pass in double precision, one sequence, no cache, as plainly as it can be
/// written: the reference that the graph is held against.
public final class PlainLlama {
    private final ModelConfig config;
    private final Safetensors weights;

    PlainLlama(ModelConfig config, Safetensors weights) {
        this.config = config;
        this.weights = weights;
    }

    /// Logits of every position [seq][vocab].
    public static double[][] logits(Path folder, int[] tokens) throws IOException {
        try (Safetensors weights = Safetensors.open(folder.resolve(Safetensors.FILE))) {
            return new PlainLlama(ModelConfig.read(folder), weights).logits(tokens);
        }
    }

    private double[][] logits(int[] tokens) {
        int seq = tokens.length;
        float[] embedding = weights.floats("model.embed_tokens.weight"); // [vocab, hidden]
        double[][] stream = new double[seq][config.hidden()];
        for (int t = 0; t < seq; t++) {
            for (int i = 0; i < config.hidden(); i++) {
                stream[t][i] = embedding[tokens[t] * config.hidden() + i];
            }
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            attention(prefix, stream);
            feedForward(prefix, stream);
        }
        float[] head = config.tied() ? embedding : weights.floats("lm_head.weight");
        float[] gain = weights.floats("model.norm.weight");
        double[][] logits = new double[seq][];
        for (int t = 0; t < seq; t++) {
            logits[t] = product(head, norm(stream[t], gain));
        }
        return logits;
    }

    private void attention(String prefix, double[][] stream) {
        int seq = stream.length;
        float[] gain = weights.floats(prefix + "input_layernorm.weight");
        double[][] queries = new double[seq][];
        double[][] keys = new double[seq][];
        double[][] values = new double[seq][];
        for (int t = 0; t < seq; t++) {
            double[] input = norm(stream[t], gain);
            queries[t] = rotated(normed(prefix, "q", projected(prefix, "q", input)), t);
            keys[t] = rotated(normed(prefix, "k", projected(prefix, "k", input)), t);
            values[t] = projected(prefix, "v", input);
        }
        for (int t = 0; t < seq; t++) {
            double[] attended = new double[config.heads() * config.headDim()];
            for (int head = 0; head < config.heads(); head++) {
                attend(head, queries[t], keys, values, t, attended);
            }
            add(stream[t], product(prefix + "self_attn.o_proj.weight", attended));
        }
    }

    private double[] projected(String prefix, String which, double[] input) {
        double[] out = product(prefix + "self_attn." + which + "_proj.weight", input);
        if (config.family() == ModelFamily.QWEN2) {
            float[] bias = weights.floats(prefix + "self_attn." + which + "_proj.bias");
            for (int i = 0; i < out.length; i++) {
                out[i] += bias[i];
            }
        }
        return out;
    }

    private double[] normed(String prefix, String which, double[] heads) {
        if (config.family() != ModelFamily.QWEN3) {
            return heads;
        }
        float[] gain = weights.floats(prefix + "self_attn." + which + "_norm.weight");
        double[] normed = new double[heads.length];
        int width = config.headDim();
        for (int from = 0; from < heads.length; from += width) {
            double[] head = norm(Arrays.copyOfRange(heads, from, from + width), gain);
            System.arraycopy(head, 0, normed, from, width);
        }
        return normed;
    }

    private void attend(
            int head,
            double[] query,
            double[][] keys,
            double[][] values,
            int position,
            double[] out) {
        int width = config.headDim();
        int shared = head / (config.heads() / config.keyValueHeads());
        double[] weight = new double[position + 1];
        double total = 0;
        int oldest = config.window() == 0 ? 0 : Math.max(0, position - config.window() + 1);
        for (int u = oldest; u <= position; u++) {
            double score = 0;
            for (int i = 0; i < width; i++) {
                score += query[head * width + i] * keys[u][shared * width + i];
            }
            weight[u] = Math.exp(score / Math.sqrt(width));
            total += weight[u];
        }
        for (int u = oldest; u <= position; u++) {
            for (int i = 0; i < width; i++) {
                out[head * width + i] += weight[u] / total * values[u][shared * width + i];
            }
        }
    }

    private void feedForward(String prefix, double[][] stream) {
        float[] gain = weights.floats(prefix + "post_attention_layernorm.weight");
        for (double[] token : stream) {
            double[] input = norm(token, gain);
            double[] gate = product(prefix + "mlp.gate_proj.weight", input);
            double[] up = product(prefix + "mlp.up_proj.weight", input);
            for (int i = 0; i < gate.length; i++) {
                gate[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
            }
            add(token, product(prefix + "mlp.down_proj.weight", gate));
        }
    }

    /// Hugging Face's rotary embedding: dimension i turns with dimension i + headDim / 2.
    private double[] rotated(double[] heads, int position) {
        int width = config.headDim();
        double[] frequencies = config.rotaryFrequencies();
        double[] turned = new double[heads.length];
        for (int from = 0; from < heads.length; from += width) {
            for (int i = 0; i < width / 2; i++) {
                double angle = position * frequencies[i];
                double first = heads[from + i];
                double second = heads[from + i + width / 2];
                turned[from + i] = first * Math.cos(angle) - second * Math.sin(angle);
                turned[from + i + width / 2] = second * Math.cos(angle) + first * Math.sin(angle);
            }
        }
        return turned;
    }

    private double[] norm(double[] values, float[] gain) {
        double squares = 0;
        for (double value : values) {
            squares += value * value;
        }
        double scale = 1 / Math.sqrt(squares / values.length + config.normEpsilon());
        double[] normed = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            normed[i] = values[i] * scale * gain[i];
        }
        return normed;
    }

    private double[] product(String name, double[] input) {
        return product(weights.floats(name), input);
    }

    /// `matrix` [out, in] times `input` [in].
    private static double[] product(float[] matrix, double[] input) {
        double[] out = new double[matrix.length / input.length];
        for (int row = 0; row < out.length; row++) {
            for (int i = 0; i < input.length; i++) {
                out[row] += matrix[row * input.length + i] * input[i];
            }
        }
        return out;
    }

    private static void add(double[] to, double[] more) {
        for (int i = 0; i < to.length; i++) {
            to[i] += more[i];
        }
    }
}
