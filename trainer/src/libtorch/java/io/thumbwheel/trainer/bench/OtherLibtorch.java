package io.thumbwheel.trainer.bench;

import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.clip_grad_norm_;
import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;
import static org.bytedeco.pytorch.global.torch.embedding;
import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.ones;
import static org.bytedeco.pytorch.global.torch.randint;
import static org.bytedeco.pytorch.global.torch.randn;
import static org.bytedeco.pytorch.global.torch.rms_norm;
import static org.bytedeco.pytorch.global.torch.scaled_dot_product_attention;
import static org.bytedeco.pytorch.global.torch.set_num_threads;
import static org.bytedeco.pytorch.global.torch.silu;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Training steps of a Llama with tied embeddings in bytedeco's libtorch: forward, backward,
/// gradient clipping, AdamW, as one would write it in C++. A process of its own, since two
/// libtorches do not share one. Arguments: vocab, hidden, layers, heads, key and value heads, width
/// of the feed-forward layers, batch, seq, threads; for each line on standard input it takes as many
/// steps as the line says and writes the nanoseconds that they took.
final class OtherLibtorch {
    private static final double EPSILON = 1e-5;
    private static final int PER_LAYER = 9;

    private final long vocab;
    private final long hidden;
    private final int layers;
    private final long heads;
    private final long keyValueHeads;
    private final long batch;
    private final long seq;
    private final long width; // of a head
    private final TensorVector weights = new TensorVector();
    private final Tensor cosine; // [seq, width]
    private final Tensor sine; // [seq, width]

    private OtherLibtorch(long[] sizes) {
        this.vocab = sizes[0];
        this.hidden = sizes[1];
        this.layers = (int) sizes[2];
        this.heads = sizes[3];
        this.keyValueHeads = sizes[4];
        long ffn = sizes[5];
        this.batch = sizes[6];
        this.seq = sizes[7];
        this.width = hidden / heads;
        parameter(randn(vocab, hidden));
        for (int layer = 0; layer < layers; layer++) {
            parameter(ones(hidden));
            parameter(randn(hidden, hidden));
            parameter(randn(keyValueHeads * width, hidden));
            parameter(randn(keyValueHeads * width, hidden));
            parameter(randn(hidden, hidden));
            parameter(ones(hidden));
            parameter(randn(ffn, hidden));
            parameter(randn(ffn, hidden));
            parameter(randn(hidden, ffn));
        }
        parameter(ones(hidden));
        Tensor angles = randn(seq, width);
        this.cosine = angles.cos();
        this.sine = angles.sin();
    }

    /// Matrices begin small.
    private void parameter(Tensor fresh) {
        Tensor scaled = fresh.dim() > 1 ? fresh.mul(new Scalar(0.02)) : fresh;
        scaled.set_requires_grad(true);
        weights.push_back(scaled);
    }

    public static void main(String[] arguments) throws IOException {
        long[] sizes = Arrays.stream(arguments).mapToLong(Long::parseLong).toArray();
        set_num_threads((int) sizes[8]);
        OtherLibtorch model = new OtherLibtorch(sizes);
        AdamWOptions options = new AdamWOptions(1e-4);
        options.weight_decay().put(0.1);
        AdamW optimizer = new AdamW(model.weights, options);
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            long start = System.nanoTime();
            for (int i = 0; i < Integer.parseInt(line); i++) {
                try (PointerScope _ = new PointerScope()) {
                    optimizer.zero_grad(false);
                    model.loss().backward();
                    clip_grad_norm_(model.weights, 1);
                    optimizer.step();
                }
            }
            System.out.println(System.nanoTime() - start);
        }
    }

    /// Mean cross-entropy of fresh random tokens [].
    private Tensor loss() {
        Tensor tokens = randint(vocab, new long[] {batch, seq}).to(ScalarType.Long);
        Tensor x = embedding(weights.get(0), tokens); // [batch, seq, hidden]
        for (int layer = 0; layer < layers; layer++) {
            int at = 1 + layer * PER_LAYER;
            Tensor h = norm(x, at);
            Tensor q = rotated(split(linear(h, weights.get(at + 1))));
            Tensor k = spread(rotated(split(linear(h, weights.get(at + 2)))));
            Tensor v = spread(split(linear(h, weights.get(at + 3))));
            Tensor attended =
                    scaled_dot_product_attention(
                            q, k, v, new TensorOptional(), 0, true, new DoubleOptional(), false);
            Tensor joined = attended.transpose(1, 2).reshape(batch, seq, hidden);
            x = x.add(linear(joined, weights.get(at + 4)));
            h = norm(x, at + 5);
            Tensor gated = silu(linear(h, weights.get(at + 6))).mul(linear(h, weights.get(at + 7)));
            x = x.add(linear(gated, weights.get(at + 8)));
        }
        Tensor last = norm(x, 1 + layers * PER_LAYER).view(-1, hidden);
        return cross_entropy_loss(linear(last, weights.get(0)), tokens.view(-1));
    }

    private Tensor norm(Tensor x, int weight) {
        return rms_norm(
                x,
                new long[] {hidden},
                new TensorOptional(weights.get(weight)),
                new DoubleOptional(EPSILON));
    }

    /// [batch, seq, heads · width] to [batch, heads, seq, width].
    private Tensor split(Tensor x) {
        return x.view(batch, seq, -1, width).transpose(1, 2);
    }

    private Tensor rotated(Tensor x) {
        TensorVector halves = x.chunk(2, -1);
        Tensor turned = cat(new TensorVector(halves.get(1).neg(), halves.get(0)), -1);
        return x.mul(cosine).add(turned.mul(sine));
    }

    /// Keys or values for every query head.
    private Tensor spread(Tensor x) {
        return x.unsqueeze(2)
                .expand(batch, keyValueHeads, heads / keyValueHeads, seq, width)
                .reshape(batch, heads, seq, width);
    }
}
