/// A decoder from open text: documents to rows of ids, the token schedule, held-out loss, the run.
@NullMarked
package io.thumbwheel.trainer.pretraining;

import org.jspecify.annotations.NullMarked;
