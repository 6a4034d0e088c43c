package io.thumbwheel.trainer.release;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.Step;
import io.thumbwheel.trainer.onnx.GraphSession;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// How far a written graph, run by ONNX Runtime as serving runs it, is from the trainer's own
/// forward pass. Where sampler and trainer are two engines, this gap turns PPO off-policy without a
/// sign.
///
/// Each sequence is read in one pass for its first half and token by token through the cache for
/// the second.
public final class Parity {
    /// An fp32 graph further away than this is another model: neither logits nor log-probs may
    /// differ more.
    public static final double BOUND = 1e-3;

    /// A quantised graph whose log-probs differ by more than this in the mean, in nats, answers
    /// noticeably otherwise.
    public static final double QUANTISED_BOUND = 0.25;

    private double maxLogit;
    private double maxLogProb;
    private double sumLogProb;
    private long logProbs;
    private long positions;
    private long agreed;

    private Parity() {}

    /// Measures the fp32 graph over sequences of at least two tokens.
    ///
    /// @param onnxFolder with the graph that [io.thumbwheel.trainer.onnx.OnnxExport] wrote from the
    ///   same weights
    /// @throws IOException where ONNX Runtime cannot run the graph
    public static ReleaseManifest.Parity measure(
            Llama policy, Path onnxFolder, List<List<Integer>> sequences) throws IOException {
        return over(policy, onnxFolder, Precision.FP32, sequences).result();
    }

    /// The same for a quantised graph.
    public static ReleaseManifest.Quantised measure(
            Llama policy, Path onnxFolder, Precision precision, List<List<Integer>> sequences)
            throws IOException {
        Parity parity = over(policy, onnxFolder, precision, sequences);
        return new ReleaseManifest.Quantised(
                parity.result(), (double) parity.agreed / parity.positions);
    }

    /// Whether a release with this gap may be published.
    public static boolean withinBound(ReleaseManifest.Parity parity) {
        return parity.maxLogit() <= BOUND && parity.maxLogProb() <= BOUND;
    }

    /// Whether a quantised graph with this gap may be part of a release.
    public static boolean withinBound(ReleaseManifest.Quantised quantised) {
        return quantised.parity().meanLogProb() <= QUANTISED_BOUND
                && Double.isFinite(quantised.parity().maxLogit());
    }

    private static Parity over(
            Llama policy, Path onnxFolder, Precision precision, List<List<Integer>> sequences)
            throws IOException {
        if (sequences.isEmpty()) {
            throw new IllegalArgumentException("parity needs at least one sequence to measure on");
        }
        Parity parity = new Parity();
        try (GraphSession graph = new GraphSession(policy.config(), onnxFolder, precision)) {
            for (List<Integer> sequence : sequences) {
                parity.compare(policy, graph, sequence);
            }
        }
        return parity;
    }

    private ReleaseManifest.Parity result() {
        return new ReleaseManifest.Parity(maxLogit, maxLogProb, sumLogProb / logProbs);
    }

    private void compare(Llama policy, GraphSession graph, List<Integer> sequence)
            throws IOException {
        if (sequence.size() < 2) {
            throw new IllegalArgumentException(
                    "parity needs sequences of at least 2 tokens, got " + sequence);
        }
        int[] tokens = sequence.stream().mapToInt(Integer::intValue).toArray();
        float[] expected = logits(policy, tokens); // [seq, vocab]
        int vocab = policy.config().vocab();
        int half = (tokens.length + 1) / 2;
        FloatBuffer read = graph.start(Arrays.copyOf(tokens, half)); // [half, vocab]
        for (int position = 0; position < tokens.length; position++) {
            FloatBuffer row; // [vocab]
            if (position < half) {
                row = read.slice(position * vocab, vocab);
            } else {
                row = graph.append(tokens[position]);
            }
            FloatBuffer wanted = FloatBuffer.wrap(expected, position * vocab, vocab).slice();
            int next = position + 1 < tokens.length ? tokens[position + 1] : -1;
            compare(wanted, row, next);
        }
    }

    private void compare(FloatBuffer expected, FloatBuffer actual, int next) {
        int wanted = 0;
        int best = 0;
        for (int id = 0; id < expected.limit(); id++) {
            maxLogit = worse(maxLogit, Math.abs(expected.get(id) - actual.get(id)));
            wanted = expected.get(id) > expected.get(wanted) ? id : wanted;
            best = actual.get(id) > actual.get(best) ? id : best;
        }
        positions++;
        agreed += wanted == best ? 1 : 0;
        if (next >= 0) {
            double gap = Math.abs(LogSoftmax.of(expected, next) - LogSoftmax.of(actual, next));
            maxLogProb = worse(maxLogProb, gap);
            sumLogProb += gap;
            logProbs++;
        }
    }

    /// NaN is the worst there is.
    private static double worse(double so, double gap) {
        return Double.isNaN(gap) ? Double.POSITIVE_INFINITY : Math.max(so, gap);
    }

    /// The trainer's forward pass [seq, vocab].
    private static float[] logits(Llama policy, int[] tokens) {
        try (Step step = Step.open(policy.manager())) {
            long[] ids = Arrays.stream(tokens).asLongStream().toArray();
            NDArray batch = step.manager().create(ids, new Shape(1, ids.length)); // [1, seq]
            return policy.logits(batch).toFloatArray();
        }
    }
}
