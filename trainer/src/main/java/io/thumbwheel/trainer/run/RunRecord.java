package io.thumbwheel.trainer.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A run as it stands: what was asked, how far it got, how it ended.
///
/// @param spec what was asked
/// @param state how it stands
/// @param attempts how often it was begun or taken up again
/// @param progress the last step that was heard of
/// @param endedAt when it ended; null while it runs
/// @param release what it published; null where nothing
/// @param reason why it was refused, failed or not promoted; null otherwise
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record RunRecord(
        RunSpec spec,
        State state,
        int attempts,
        Progress progress,
        @Nullable Instant endedAt,
        @Nullable String release,
        @Nullable String reason) {

    static RunRecord accepted(RunSpec spec) {
        Progress none = new Progress("accepted", 0, 0, new TreeMap<>());
        return new RunRecord(spec, State.RUNNING, 0, none, null, null, null);
    }

    /// Its id.
    public String run() {
        return spec.run();
    }

    RunRecord begun() {
        return new RunRecord(spec, state, attempts + 1, progress, endedAt, release, reason);
    }

    /// At another step; one without metrics leaves the last ones standing.
    RunRecord at(Progress step) {
        Progress shown =
                step.metrics().isEmpty()
                        ? new Progress(step.phase(), step.step(), step.steps(), progress.metrics())
                        : step;
        return new RunRecord(spec, state, attempts, shown, endedAt, release, reason);
    }

    RunRecord ended(Ending ending, Instant when) {
        return new RunRecord(
                spec, ending.state(), attempts, progress, when, ending.release(), ending.reason());
    }

    /// How a run stands.
    public enum State {
        /// It waits for its thread, learns, or is published.
        @JsonProperty("running")
        RUNNING,
        /// Its release is the primary, or was.
        @JsonProperty("promoted")
        PROMOTED,
        /// Its release is in the store; an operator's pin or another decision keeps it from being
        /// the primary.
        @JsonProperty("published")
        PUBLISHED,
        /// The gate, or too little data, refused it.
        @JsonProperty("refused")
        REFUSED,
        /// It broke off.
        @JsonProperty("failed")
        FAILED,
        /// An operator stopped it.
        @JsonProperty("cancelled")
        CANCELLED
    }

    /// A step.
    ///
    /// @param phase of the refresh
    /// @param step within the phase, from 1
    /// @param steps of the phase, 0 where unknown
    /// @param metrics by the literature's names
    public record Progress(String phase, int step, int steps, SortedMap<String, Double> metrics) {
        public Progress {
            metrics = new TreeMap<>(metrics);
        }

        static Progress of(String phase, int step, int steps, Map<String, Double> metrics) {
            return new Progress(phase, step, steps, new TreeMap<>(metrics));
        }
    }

    /// How a run ended.
    ///
    /// @param scores what was measured of it, by name; empty where nothing was
    record Ending(
            State state,
            @Nullable String release,
            @Nullable String reason,
            SortedMap<String, Double> scores) {
        Ending {
            scores = new TreeMap<>(scores);
        }

        static Ending failed(String reason) {
            return new Ending(State.FAILED, null, reason, new TreeMap<>());
        }

        static Ending refused(String reason, SortedMap<String, Double> scores) {
            return new Ending(State.REFUSED, null, reason, scores);
        }

        static Ending cancelled() {
            return new Ending(State.CANCELLED, null, "an operator stopped it", new TreeMap<>());
        }
    }
}
