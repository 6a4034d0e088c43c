package io.thumbwheel.serving.onnx;

/// How a release is run.
///
/// @param slots sequences that its KV cache holds
/// @param context most tokens of prompt and response together; at most the graph's own limit counts
/// @param threads threads of one forward pass
public record OnnxConfig(int slots, int context, int threads) {
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
    }

    /// 32 sequences of 256 tokens, one thread.
    public static OnnxConfig defaults() {
        return new OnnxConfig(32, 256, 1);
    }
}
