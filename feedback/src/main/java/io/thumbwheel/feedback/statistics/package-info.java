/// What the platform's people say of it, in numbers with intervals. Pure functions.
@NullMarked
package io.thumbwheel.feedback.statistics;

import org.jspecify.annotations.NullMarked;
