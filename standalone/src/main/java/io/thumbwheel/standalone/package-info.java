/// All of Thumbwheel on one machine: the command line of `up`, `demo` and `bench`.
@NullMarked
package io.thumbwheel.standalone;

import org.jspecify.annotations.NullMarked;
