/// How near the trainer comes to what the machine can do.
@NullMarked
package io.thumbwheel.trainer.bench;

import org.jspecify.annotations.NullMarked;
