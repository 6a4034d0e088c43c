/// Proximal policy optimization against a reward model, and the refresh that wraps it: reward
/// model, judge, PPO, gate.
///
/// Shapes: batch = episodes of a microbatch, seq = prompt + response tokens, right-padded; tokens =
/// the response tokens of a microbatch, one after the other, without padding; vocab.
@NullMarked
package io.thumbwheel.trainer.ppo;

import org.jspecify.annotations.NullMarked;
