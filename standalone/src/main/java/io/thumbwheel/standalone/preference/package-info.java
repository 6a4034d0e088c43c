/// What simulated people like, hidden from the platform: graded scores of answers. Knows nothing of
/// HTTP or of the demo.
@NullMarked
package io.thumbwheel.standalone.preference;

import org.jspecify.annotations.NullMarked;
