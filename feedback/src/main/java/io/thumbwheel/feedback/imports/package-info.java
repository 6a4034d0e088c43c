/// Opinions that others have collected, in the forms that they keep them in, as feedback.
@NullMarked
package io.thumbwheel.feedback.imports;

import org.jspecify.annotations.NullMarked;
