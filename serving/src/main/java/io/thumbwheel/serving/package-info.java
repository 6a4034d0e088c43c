@NullMarked
package io.thumbwheel.serving;

import org.jspecify.annotations.NullMarked;
