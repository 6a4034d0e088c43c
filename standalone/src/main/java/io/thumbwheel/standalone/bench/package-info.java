/// Benchmarks of the platform as a whole: ratios taken in one run, beside the bar that they have to
/// reach.
@NullMarked
package io.thumbwheel.standalone.bench;

import org.jspecify.annotations.NullMarked;
