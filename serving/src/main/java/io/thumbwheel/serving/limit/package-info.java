/// How much one API key may ask for.
@NullMarked
package io.thumbwheel.serving.limit;

import org.jspecify.annotations.NullMarked;
