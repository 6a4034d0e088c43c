package io.thumbwheel.serving.onnx;

import io.thumbwheel.schemas.artifact.Precision;

/// How a release is run.
///
/// @param slots sequences that its KV cache holds
/// @param context most tokens of prompt and response together; at most the graph's own limit counts
/// @param threads threads of one forward pass
/// @param precision which of its graphs
/// @param device what computes
/// @param prefixBytes memory for beginnings of sequences that are kept; 0 keeps none
public record OnnxConfig(
        int slots, int context, int threads, Precision precision, Device device, long prefixBytes) {
    public OnnxConfig {
        if (slots < 1) {
            throw new IllegalArgumentException("slots must be at least 1, got " + slots);
        }
        if (context < 2) {
            throw new IllegalArgumentException("context must be at least 2, got " + context);
        }
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, got " + threads);
        }
        if (prefixBytes < 0) {
            throw new IllegalArgumentException("prefixBytes must be 0 or more, got " + prefixBytes);
        }
    }

    /// Without a prefix cache.
    public OnnxConfig(int slots, int context, int threads, Precision precision, Device device) {
        this(slots, context, threads, precision, device, 0);
    }

    /// In fp32 on the CPU, without a prefix cache.
    public OnnxConfig(int slots, int context, int threads) {
        this(slots, context, threads, Precision.FP32, Device.CPU);
    }

    /// 32 sequences of 256 tokens, one thread.
    public static OnnxConfig defaults() {
        return new OnnxConfig(32, 256, 1);
    }

    /// The same with another graph.
    public OnnxConfig with(Precision precision) {
        return new OnnxConfig(slots, context, threads, precision, device, prefixBytes);
    }

    /// The same with room for less, and without a prefix cache.
    OnnxConfig with(int slots, int context) {
        return new OnnxConfig(slots, context, threads, precision, device);
    }
}
