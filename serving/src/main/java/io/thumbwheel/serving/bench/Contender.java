package io.thumbwheel.serving.bench;

import java.nio.FloatBuffer;

/// An engine with weights and a KV cache of some slots.
interface Contender extends AutoCloseable {

    /// Starts a slot over with a prompt.
    ///
    /// @return logits after its last token [vocab], valid until the next call
    FloatBuffer read(int slot, int[] prompt) throws BenchmarkFailedException;

    /// Appends a token to each of slots 0 to `tokens.length - 1`; their logits are computed.
    ///
    /// @param length tokens in each of the slots before
    void append(int[] tokens, int length) throws BenchmarkFailedException;

    /// Shortens the first slots to a length, so that they can be appended to from there again.
    void cut(int slots, int length) throws BenchmarkFailedException;

    @Override
    void close();
}
