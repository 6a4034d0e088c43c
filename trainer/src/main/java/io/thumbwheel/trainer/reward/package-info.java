/// Reward models: what people prefer, learned from pairs of answers.
///
/// Shapes: batch = sequences of a microbatch, seq = prompt + response tokens, right-padded.
@NullMarked
package io.thumbwheel.trainer.reward;

import org.jspecify.annotations.NullMarked;
