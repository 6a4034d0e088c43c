package io.thumbwheel.trainer.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A run as HTTP shows it; fields as in [RunSpec] and [RunRecord], absent where there is nothing.
///
/// @param trigger why it began
/// @param dataset live examples by split
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record RunView(
        String run,
        RunRecord.State state,
        Trigger trigger,
        String phase,
        int step,
        int steps,
        SortedMap<String, Double> metrics,
        @Nullable String release,
        @Nullable String reason,
        SortedMap<String, Long> dataset,
        String datasetHash,
        Offsets until,
        String reference,
        String serving,
        long seed,
        int ordinal,
        int attempts,
        Instant createdAt,
        @Nullable Instant endedAt) {
    RunView {
        metrics = new TreeMap<>(metrics);
        dataset = new TreeMap<>(dataset);
    }

    static RunView of(RunRecord run) {
        RunSpec spec = run.spec();
        RunRecord.Progress progress = run.progress();
        return new RunView(
                spec.run(),
                run.state(),
                spec.trigger(),
                progress.phase(),
                progress.step(),
                progress.steps(),
                progress.metrics(),
                run.release(),
                run.reason(),
                spec.dataset(),
                spec.datasetHash(),
                spec.until(),
                spec.reference(),
                spec.serving(),
                spec.seed(),
                spec.ordinal(),
                run.attempts(),
                spec.createdAt(),
                run.endedAt());
    }
}
