/// Dead letters: what could not be read or delivered, and its way back.
@NullMarked
package io.thumbwheel.feedback.dead;

import org.jspecify.annotations.NullMarked;
