/// The policy's network on DJL: weights, forward pass, optimizers, sampling.
///
/// Shapes: batch (rows), seq (positions: prompt and response), vocab, hidden (width of the residual
/// stream), heads, headDim, layers, context (the longest seq).
@NullMarked
package io.thumbwheel.trainer.model;

import org.jspecify.annotations.NullMarked;
