/// Supervised fine-tuning: a policy learns the assistant's answers of given conversations.
@NullMarked
package io.thumbwheel.trainer.sft;

import org.jspecify.annotations.NullMarked;
