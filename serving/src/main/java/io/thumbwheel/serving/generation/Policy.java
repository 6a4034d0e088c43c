package io.thumbwheel.serving.generation;

import java.nio.FloatBuffer;

/// A loaded release with its KV cache. Slots are dense: the sequences of a batch of n lie in slots
/// 0 to n - 1. Used by one thread at a time; owns its native memory until [#close].
public interface Policy extends AutoCloseable {
    /// Number of token ids.
    int vocab();

    /// Most tokens of prompt and response together.
    int context();

    /// How many sequences the KV cache holds.
    int slots();

    /// Whether `token` ends an answer (EOS).
    boolean ends(int token);

    /// Fills slots `firstSlot`, `firstSlot + 1`, ... with fresh prompts, in one forward pass.
    ///
    /// @param prompts token ids, one row per slot, of any lengths [batch][prompt]
    /// @return logits of each prompt's last token, valid until the next call [batch, vocab]
    FloatBuffer prefill(int firstSlot, int[][] prompts) throws PolicyFailedException;

    /// Appends one token to each of the slots 0 to `batch` - 1, in one forward pass.
    ///
    /// @param tokens the tokens to append [slots]
    /// @param lengths tokens in each slot before this call [slots]
    /// @param batch how many of them count
    /// @return logits after the appended tokens, valid until the next call [batch, vocab]
    FloatBuffer decode(int[] tokens, int[] lengths, int batch) throws PolicyFailedException;

    /// Copies the first `length` tokens' cache of slot `from` over slot `to`.
    void move(int from, int to, int length);

    @Override
    void close();
}
