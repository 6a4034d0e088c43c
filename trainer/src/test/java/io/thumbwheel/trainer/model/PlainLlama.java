package io.thumbwheel.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.ModelFamily;
import io.thumbwheel.schemas.artifact.RopeScaling;
import java.util.List;

/// The decoder written a second time from NDArray operations, as the paper says it and no faster:
/// the reference that the TorchScript is compared with.
final class PlainLlama {
    private final ModelConfig config;
    private final List<NDArray> p;

    PlainLlama(Llama model) {
        this.config = model.config();
        this.p = model.parameters();
    }

    /// @param tokens [batch, seq]
    /// @return [batch, seq, vocab]
    NDArray logits(NDArray tokens) {
        long batch = tokens.getShape().get(0);
        int seq = (int) tokens.getShape().get(1);
        NDArray x = embedding(tokens);
        for (int layer = 0; layer < config.layers(); layer++) {
            int o = 1 + perLayer() * layer;
            NDArray h = norm(x, p.get(o));
            NDArray q = linear(h, p.get(o + 1));
            NDArray k = linear(h, p.get(o + 2));
            NDArray v = linear(h, p.get(o + 3));
            if (config.family() == ModelFamily.QWEN2) {
                q = q.add(p.get(o + 9));
                k = k.add(p.get(o + 10));
                v = v.add(p.get(o + 11));
            }
            q = split(q, batch, seq, config.heads());
            k = split(k, batch, seq, config.keyValueHeads());
            v = split(v, batch, seq, config.keyValueHeads());
            if (config.family() == ModelFamily.QWEN3) {
                q = norm(q, p.get(o + 9));
                k = norm(k, p.get(o + 10));
            }
            q = rotate(q, seq);
            k = rotate(k, seq);
            int queriesPerKey = config.heads() / config.keyValueHeads();
            k = k.repeat(1, queriesPerKey);
            v = v.repeat(1, queriesPerKey);
            NDArray scores = q.matMul(k.transpose(0, 1, 3, 2)).div(Math.sqrt(config.headDim()));
            NDArray attention = scores.add(unseen(x, seq)).softmax(-1); // [batch, heads, seq, seq]
            NDArray mixed = attention.matMul(v).transpose(0, 2, 1, 3);
            x = x.add(linear(mixed.reshape(batch, seq, -1), p.get(o + 4)));
            h = norm(x, p.get(o + 5));
            NDArray gate = linear(h, p.get(o + 6));
            NDArray silu = gate.mul(gate.getNDArrayInternal().sigmoid());
            x = x.add(linear(silu.mul(linear(h, p.get(o + 7))), p.get(o + 8)));
        }
        int last = 1 + perLayer() * config.layers();
        return linear(norm(x, p.get(last)), config.tied() ? p.getFirst() : p.getLast());
    }

    private int perLayer() {
        return switch (config.family()) {
            case LLAMA, MISTRAL -> 9;
            case QWEN2 -> 12;
            case QWEN3 -> 11;
        };
    }

    private NDArray embedding(NDArray tokens) {
        return tokens.getNDArrayInternal()
                .embedding(tokens, p.getFirst(), SparseFormat.DENSE)
                .singletonOrThrow();
    }

    private static NDArray linear(NDArray x, NDArray weight) {
        return x.matMul(weight.transpose());
    }

    private NDArray norm(NDArray x, NDArray weight) {
        NDArray mean = x.square().mean(new int[] {-1}, true);
        return x.div(mean.add(config.normEpsilon()).sqrt()).mul(weight);
    }

    private NDArray split(NDArray x, long batch, long seq, int heads) {
        return x.reshape(batch, seq, heads, config.headDim()).transpose(0, 2, 1, 3);
    }

    private NDArray rotate(NDArray x, int seq) {
        int half = config.headDim() / 2;
        double[] cosine = new double[seq * half];
        double[] sine = new double[seq * half];
        for (int t = 0; t < seq; t++) {
            for (int i = 0; i < half; i++) {
                double angle = t * frequency(Math.pow(config.ropeTheta(), -(double) i / half));
                cosine[t * half + i] = Math.cos(angle);
                sine[t * half + i] = Math.sin(angle);
            }
        }
        NDArray c = constant(x, cosine, seq, half);
        NDArray s = constant(x, sine, seq, half);
        NDArray a = x.get("..., :{}", half);
        NDArray b = x.get("..., {}:", half);
        return a.mul(c).sub(b.mul(s)).concat(b.mul(c).add(a.mul(s)), -1);
    }

    /// As the code of Hugging Face's Llama 3.1 writes it, in wavelengths.
    private double frequency(double frequency) {
        RopeScaling scaling = config.ropeScaling();
        if (scaling == null) {
            return frequency;
        }
        double wavelength = 2 * Math.PI / frequency;
        if (wavelength > scaling.originalContext() / scaling.lowFactor()) {
            return frequency / scaling.factor();
        }
        if (wavelength < scaling.originalContext() / scaling.highFactor()) {
            return frequency;
        }
        double smooth =
                (scaling.originalContext() / wavelength - scaling.lowFactor())
                        / (scaling.highFactor() - scaling.lowFactor());
        return (1 - smooth) * frequency / scaling.factor() + smooth * frequency;
    }

    private NDArray unseen(NDArray x, int seq) {
        double[] mask = new double[seq * seq];
        for (int i = 0; i < seq; i++) {
            for (int j = 0; j < seq; j++) {
                boolean far = config.window() > 0 && i - j >= config.window();
                mask[i * seq + j] = j > i || far ? -1e9 : 0;
            }
        }
        return constant(x, mask, seq, seq);
    }

    private static NDArray constant(NDArray like, double[] values, long rows, long columns) {
        DataType type = like.getDataType();
        return like.getManager().create(values, new Shape(rows, columns)).toType(type, false);
    }
}
