/// Releases on disk and who serves them: the store's writing side, the import of a foreign
/// checkpoint, the decision to roll out.
@NullMarked
package io.thumbwheel.trainer.store;

import org.jspecify.annotations.NullMarked;
