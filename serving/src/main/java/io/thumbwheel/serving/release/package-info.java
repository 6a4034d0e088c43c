/// Which release answers whom: follows the rollout, loads releases beside the ones that serve,
/// checks them, flips, and lets the old ones go when their last stream has ended.
@NullMarked
package io.thumbwheel.serving.release;

import org.jspecify.annotations.NullMarked;
