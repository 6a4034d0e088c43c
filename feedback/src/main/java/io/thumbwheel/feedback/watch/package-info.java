/// Keeps trust and statistics up to date: reads the log, publishes to `raters.v1`, answers over
/// HTTP.
@NullMarked
package io.thumbwheel.feedback.watch;

import org.jspecify.annotations.NullMarked;
