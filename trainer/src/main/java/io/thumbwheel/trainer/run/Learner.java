package io.thumbwheel.trainer.run;

import io.thumbwheel.trainer.ppo.Outcome;
import io.thumbwheel.trainer.ppo.ProgressListener;
import io.thumbwheel.trainer.ppo.RefreshConfig;
import io.thumbwheel.trainer.ppo.RefreshInput;
import java.io.IOException;
import java.nio.file.Path;

/// Turns examples into a better policy or says why not: PPO ([io.thumbwheel.trainer.ppo.Refresh]).
@FunctionalInterface
public interface Learner {

    /// Runs to the end, or goes on from the checkpoints in `work`: killed at any moment and called
    /// again with the same input, it ends with the same result.
    Outcome learn(RefreshInput input, RefreshConfig config, Path work, ProgressListener progress)
            throws IOException;
}
