/// Reward models and policies from files, away from the platform: reading, splitting by first
/// prompt, training, judging beside simple baselines, comparing policies.
@NullMarked
package io.thumbwheel.trainer.offline;

import org.jspecify.annotations.NullMarked;
