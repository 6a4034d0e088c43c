/// Resumable training state on disk.
@NullMarked
package io.thumbwheel.trainer.checkpoint;

import org.jspecify.annotations.NullMarked;
