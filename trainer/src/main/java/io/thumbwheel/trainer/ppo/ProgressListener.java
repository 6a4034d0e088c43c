package io.thumbwheel.trainer.ppo;

import java.util.Map;

/// Hears how a refresh gets on.
@FunctionalInterface
public interface ProgressListener {

    /// One step is done.
    ///
    /// @param phase `reward`, `judge`, `value`, `ppo`, `gate`
    /// @param step within the phase, from 1
    /// @param steps of the phase, 0 where unknown
    /// @param metrics by the literature's names
    /// @param note in words, may be empty
    void progress(String phase, int step, int steps, Map<String, Double> metrics, String note);
}
