package io.thumbwheel.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.trainer.run.StepLog.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StepLogTest {
    @TempDir private Path folder;

    @Test
    void stepsThatAreDoneAgainReplaceTheFirstAndTornLinesArePassedOver() throws IOException {
        StepLog log = new StepLog(folder.resolve("steps.jsonl"));
        assertThat(log.read()).isEmpty();

        log.append(step("ppo", 1, 0.5));
        log.append(step("ppo", 2, 0.75));
        Files.writeString(
                folder.resolve("steps.jsonl"), "\n{\"at\":\"2026-", StandardOpenOption.APPEND);
        log.append(step("ppo", 2, 0.8));
        log.append(step("gate", 1, Double.NaN));

        assertThat(new StepLog(folder.resolve("steps.jsonl")).read())
                .containsExactly(
                        step("ppo", 1, 0.5), step("ppo", 2, 0.8), step("gate", 1, Double.NaN));
    }

    @Test
    void aLogThatCannotBeWrittenStopsNothing() throws IOException {
        StepLog log = new StepLog(Files.createDirectory(folder.resolve("steps.jsonl")));

        log.append(step("ppo", 1, 0.5));
    }

    private static Step step(String phase, int step, double kl) {
        return new Step(
                Instant.parse("2026-05-01T10:00:00Z"),
                phase,
                step,
                3,
                new TreeMap<>(Map.of("objective/kl", kl)),
                "");
    }
}
