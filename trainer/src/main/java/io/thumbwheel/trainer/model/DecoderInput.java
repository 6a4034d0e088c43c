package io.thumbwheel.trainer.model;

import ai.djl.ndarray.NDArray;

/// What a decoder goes on from. Owns nothing.
public sealed interface DecoderInput {

    /// The text.
    ///
    /// @param ids [batch, seq] int64
    record Tokens(NDArray ids) implements DecoderInput {}

    /// What lower layers that models have in common say of the text ([Llama#trunk]), so that it is
    /// computed once for all of them.
    ///
    /// @param hidden [batch, seq, hidden]
    /// @param layers how many are behind it
    record Trunk(NDArray hidden, int layers) implements DecoderInput {}
}
