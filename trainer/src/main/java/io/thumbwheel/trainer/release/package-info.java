/// What the trainer proves about what it hands to serving: that the graph computes what the trainer
/// computes, and answers that a replica must reproduce.
@NullMarked
package io.thumbwheel.trainer.release;

import org.jspecify.annotations.NullMarked;
