/// The feedback service: opinions come in, and go out as examples that a model can learn from.
@NullMarked
package io.thumbwheel.feedback;

import org.jspecify.annotations.NullMarked;
