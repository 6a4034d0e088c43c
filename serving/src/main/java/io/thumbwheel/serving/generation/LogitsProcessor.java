package io.thumbwheel.serving.generation;

/// Changes the logits of one answer before each token is drawn. One sequence's, on the scheduler's
/// thread; it does not allocate per token.
interface LogitsProcessor {
    /// Changes what the next token is drawn from; negative infinity makes a token impossible.
    ///
    /// @param logits a row that is the caller's own [vocab]
    void process(float[] logits);

    /// The token that was drawn.
    void drawn(int token);
}
