/// Learning from opinions without a reward model and without rollouts: DPO, KTO, and fine-tuning on
/// what people chose.
@NullMarked
package io.thumbwheel.trainer.preference;

import org.jspecify.annotations.NullMarked;
