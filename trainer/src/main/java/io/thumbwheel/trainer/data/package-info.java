/// From open text to what a seed policy is trained on: the recipe of the training stream, held-out
/// files, demo prompts, and the tokenizer.
@NullMarked
package io.thumbwheel.trainer.data;

import org.jspecify.annotations.NullMarked;
