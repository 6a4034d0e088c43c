@NullMarked
package io.thumbwheel.standalone;

import org.jspecify.annotations.NullMarked;
