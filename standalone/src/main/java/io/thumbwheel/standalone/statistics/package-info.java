/// The numbers of the demo's report: pure functions of scores and texts.
@NullMarked
package io.thumbwheel.standalone.statistics;

import org.jspecify.annotations.NullMarked;
