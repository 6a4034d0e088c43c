@NullMarked
package io.thumbwheel.trainer;

import org.jspecify.annotations.NullMarked;
