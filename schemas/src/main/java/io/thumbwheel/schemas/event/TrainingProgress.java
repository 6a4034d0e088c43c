package io.thumbwheel.schemas.event;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/// One step of a training run. Topic `training.v1`, keyed by run.
///
/// @param run run id
/// @param at when
/// @param phase `reward`, `judge`, `warm-up`, `ppo`, `gate`, `export`, `promoted`, `refused`, ...
/// @param step step within the phase, from 1
/// @param steps steps of the phase, 0 where unknown
/// @param metrics by the literature's names (`objective/kl`, `policy/clipfrac`)
/// @param note in words, may be empty
public record TrainingProgress(
        String run,
        Instant at,
        String phase,
        int step,
        int steps,
        Map<String, Double> metrics,
        String note)
        implements Event {
    public TrainingProgress {
        metrics = Map.copyOf(new TreeMap<>(metrics));
    }

    @Override
    public String key() {
        return run;
    }
}
