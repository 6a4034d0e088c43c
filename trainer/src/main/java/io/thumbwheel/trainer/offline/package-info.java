/// Reward models from files of comparisons, away from the platform: reading, splitting by first
/// prompt, training, judging beside simple baselines.
@NullMarked
package io.thumbwheel.trainer.offline;

import org.jspecify.annotations.NullMarked;
