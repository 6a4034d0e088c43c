@NullMarked
package io.thumbwheel.embedded;

import org.jspecify.annotations.NullMarked;
