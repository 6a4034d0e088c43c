/// What leaves the trainer in the formats of others: examples as TRL reads them, their dataset
/// card, and checkpoints as Hugging Face stores them.
@NullMarked
package io.thumbwheel.trainer.export;

import org.jspecify.annotations.NullMarked;
