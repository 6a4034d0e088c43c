/// Text to token ids and back, the same in every process.
@NullMarked
package io.thumbwheel.schemas.text;

import org.jspecify.annotations.NullMarked;
