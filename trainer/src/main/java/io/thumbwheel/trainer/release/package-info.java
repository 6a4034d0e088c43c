/// What the trainer hands to serving: the policy as an ONNX graph, the proof that the graph
/// computes the same, and answers that a replica must reproduce.
///
/// Shapes: batch, seq = tokens of one forward pass, past = tokens that the KV cache has room for,
/// rows = positions whose logits are wanted, hidden, heads, kvHeads, headDim, intermediate (of the
/// feed-forward block), layers, vocab.
@NullMarked
package io.thumbwheel.trainer.release;

import org.jspecify.annotations.NullMarked;
