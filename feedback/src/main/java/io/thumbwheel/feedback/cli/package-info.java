/// The command line of feedback.
@NullMarked
package io.thumbwheel.feedback.cli;

import org.jspecify.annotations.NullMarked;
