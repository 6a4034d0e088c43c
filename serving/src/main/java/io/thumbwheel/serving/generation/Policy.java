package io.thumbwheel.serving.generation;

import java.nio.FloatBuffer;

/// A loaded release with its KV cache. What is decoded together lies densely in slots 0 to n - 1;
/// what is computed alone may lie in any slot. Used by one thread at a time; owns its native memory
/// until [#close].
public interface Policy extends AutoCloseable {
    /// Tokens of a block, the unit in which prefixes are kept.
    int BLOCK = 16;

    /// Number of token ids.
    int vocab();

    /// Most tokens of prompt and response together.
    int context();

    /// How many sequences may be decoded together. There is one slot more, the number of which is
    /// this, so that sequences can change places.
    int slots();

    /// Whether `token` ends an answer (EOS).
    boolean ends(int token);

    /// Fills slots `firstSlot`, `firstSlot + 1`, ... with fresh prompts, in one forward pass.
    ///
    /// @param prompts token ids, one row per slot, of any lengths [batch][prompt]
    /// @return logits of each prompt's last token, valid until the next call [batch, vocab]
    FloatBuffer prefill(int firstSlot, int[][] prompts) throws PolicyFailedException;

    /// Goes on with one sequence alone: appends tokens `past` to `end` - 1 of it to the `past`
    /// tokens that its slot holds, in one forward pass. What it computes depends on nothing but
    /// these arguments and those tokens.
    ///
    /// @param tokens token ids of the sequence from its beginning [at least end]
    /// @return logits of the last token appended, valid until the next call [1, vocab]
    FloatBuffer extend(int slot, int[] tokens, int past, int end) throws PolicyFailedException;

    /// Appends one token to each of the slots 0 to `batch` - 1, in one forward pass.
    ///
    /// @param tokens the tokens to append [slots]
    /// @param lengths tokens in each slot before this call [slots]
    /// @param batch how many of them count
    /// @return logits after the appended tokens, valid until the next call [batch, vocab]
    FloatBuffer decode(int[] tokens, int[] lengths, int batch) throws PolicyFailedException;

    /// Turns logits into probabilities: softmax(scale * logits) of each row.
    ///
    /// @param logits what the last pass gave, as changed since [at least rows, vocab]
    /// @param scales of the first `rows` rows, 1 / temperature each
    /// @return probabilities, valid until the next call [rows, vocab]; all of a row are NaN where
    ///   one of its logits is NaN or positive infinity, or none is finite
    FloatBuffer softmax(FloatBuffer logits, float[] scales, int rows) throws PolicyFailedException;

    /// Copies the first `length` tokens' cache of slot `from` over slot `to`.
    void move(int from, int to, int length);

    /// How many blocks of [#BLOCK] tokens can be kept besides the slots.
    int blocks();

    /// Copies the cache of [#BLOCK] tokens of a slot, from its token `start` on, into a block.
    void keep(int slot, int start, int block);

    /// Copies a block into a slot, to its token `start` and those after.
    void restore(int block, int slot, int start);

    @Override
    void close();
}
