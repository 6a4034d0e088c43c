/// How good a policy or a reward model is, and how sure one can be: intervals, win rates,
/// calibration, diversity. Pure arithmetic on scores and token ids.
@NullMarked
package io.thumbwheel.trainer.evaluation;

import org.jspecify.annotations.NullMarked;
