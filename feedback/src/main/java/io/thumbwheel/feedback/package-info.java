@NullMarked
package io.thumbwheel.feedback;

import org.jspecify.annotations.NullMarked;
