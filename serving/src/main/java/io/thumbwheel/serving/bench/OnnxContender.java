package io.thumbwheel.serving.bench;

import io.thumbwheel.serving.generation.PolicyFailedException;
import io.thumbwheel.serving.onnx.OnnxConfig;
import io.thumbwheel.serving.onnx.OnnxPolicy;
import io.thumbwheel.serving.onnx.ReleaseUnusableException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/// The engine of this service.
final class OnnxContender implements Contender {
    private final OnnxPolicy policy;

    OnnxContender(Path release, OnnxConfig config) throws BenchmarkFailedException {
        try {
            policy = OnnxPolicy.load(release, config);
        } catch (ReleaseUnusableException e) {
            throw new BenchmarkFailedException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public FloatBuffer read(int slot, int[] prompt) throws BenchmarkFailedException {
        try {
            return policy.prefill(slot, new int[][] {prompt}).slice(0, policy.vocab());
        } catch (PolicyFailedException e) {
            throw new BenchmarkFailedException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void append(int[] tokens, int length) throws BenchmarkFailedException {
        int[] lengths = new int[tokens.length];
        Arrays.fill(lengths, length);
        try {
            policy.decode(tokens, lengths, tokens.length);
        } catch (PolicyFailedException e) {
            throw new BenchmarkFailedException(String.valueOf(e.getMessage()), e);
        }
    }

    /// Nothing to do: each call says the lengths.
    @Override
    public void cut(int slots, int length) {}

    @Override
    public void close() {
        policy.close();
    }
}
