package io.thumbwheel.trainer.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// What makes a training survive its interruption: it asks where to go on, and says after every
/// update what would have to be kept to go on from there. Chance is drawn from seeds and counters
/// only, so that a training which goes on ends as if it had never stopped, bit for bit.
public interface Checkpointing {
    /// Begins at the beginning and keeps nothing.
    Checkpointing NONE =
            new Checkpointing() {
                @Override
                public Optional<Path> begin() {
                    return Optional.empty();
                }

                @Override
                public void updated(long update, Checkpoints.Content content) {}
            };

    /// The checkpoint to go on from. It may be gone once updates are done.
    Optional<Path> begin();

    /// An update is done.
    ///
    /// @param update from 1, growing
    /// @param content writes all that is needed to go on; called before this returns or never
    /// @throws java.util.concurrent.CancellationException where the training shall stop here
    void updated(long update, Checkpoints.Content content) throws IOException;
}
