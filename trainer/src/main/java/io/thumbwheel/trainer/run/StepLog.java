package io.thumbwheel.trainer.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/// The steps of a run, one JSON line each, in its folder. For people: a run goes on where a line
/// cannot be written, and a torn one is passed over.
public final class StepLog {
    private static final Logger LOG = Logger.getLogger(StepLog.class);
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .addModule(new JavaTimeModule())
                    .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    private final Path file;

    StepLog(Path file) {
        this.file = file;
    }

    /// A step, as [io.thumbwheel.schemas.event.TrainingProgress] tells it.
    ///
    /// @param at when it was done
    /// @param phase of the refresh
    /// @param step within the phase, from 1
    /// @param steps of the phase, 0 where unknown
    /// @param metrics by the literature's names
    /// @param note in words, may be empty
    public record Step(
            Instant at,
            String phase,
            int step,
            int steps,
            SortedMap<String, Double> metrics,
            String note) {
        public Step {
            metrics = new TreeMap<>(metrics);
        }
    }

    void append(Step step) {
        try {
            // A line of its own even after one that a crash tore.
            String line = "\n" + JSON.writeValueAsString(step);
            Files.writeString(
                    file,
                    line,
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            LOG.warnf(
                    "step %d of %s is not in %s: %s", step.step, step.phase, file, e.getMessage());
        }
    }

    /// The steps in the order of their phases; of one that was done again after a crash the last.
    List<Step> read() throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        Map<String, SortedMap<Integer, Step>> phases = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            try {
                if (!line.isEmpty()) {
                    Step step = JSON.readValue(line, Step.class);
                    phases.computeIfAbsent(step.phase, _ -> new TreeMap<>()).put(step.step, step);
                }
            } catch (JsonProcessingException torn) {
                LOG.warnf("a line of %s is passed over: %s", file, torn.getOriginalMessage());
            }
        }
        return phases.values().stream().flatMap(phase -> phase.values().stream()).toList();
    }
}
