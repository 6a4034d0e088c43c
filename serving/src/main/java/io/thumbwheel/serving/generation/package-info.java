/// Continuous batching of answers over the policies that are loaded: scheduler, sampler, stop
/// rules. Knows no engine and no framework.
///
/// Shapes: batch = sequences in one forward pass, slot = place of one sequence in the KV cache,
/// prompt and response = tokens, vocab = entries of the tokenizer.
@NullMarked
package io.thumbwheel.serving.generation;

import org.jspecify.annotations.NullMarked;
