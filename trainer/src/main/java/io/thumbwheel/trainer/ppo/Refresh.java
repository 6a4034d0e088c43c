package io.thumbwheel.trainer.ppo;

import java.nio.file.Path;

/// One turn of the loop's learning half: reward model, judge, PPO, gate.
public final class Refresh {

    private Refresh() {}

    /// Runs a refresh, or goes on with the one whose checkpoints lie in `work`: killed at any
    /// moment and run again with the same input, it ends with the same result.
    ///
    /// @param work checkpoints; empty at the first call, and nobody else's
    public static Outcome run(
            RefreshInput input, RefreshConfig config, Path work, ProgressListener progress) {
        throw new UnsupportedOperationException("not yet");
    }
}
