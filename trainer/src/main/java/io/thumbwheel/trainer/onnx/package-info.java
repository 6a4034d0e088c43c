/// The policy as an ONNX graph, the form in which serving runs it: written for a release, and run
/// here, to prove that it computes the same and to sample many answers fast.
///
/// Shapes: batch, seq = tokens of one forward pass, past = tokens that the KV cache has room for,
/// rows = positions whose logits are wanted, hidden, heads, kvHeads, headDim, intermediate (of the
/// feed-forward block), layers, vocab.
@NullMarked
package io.thumbwheel.trainer.onnx;

import org.jspecify.annotations.NullMarked;
