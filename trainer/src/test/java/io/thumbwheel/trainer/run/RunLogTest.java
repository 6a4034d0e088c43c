package io.thumbwheel.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.trainer.ppo.RefreshConfig;
import io.thumbwheel.trainer.ppo.SampledPair;
import io.thumbwheel.trainer.reward.HalfLife;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunLogTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir private Path folder;

    @Test
    void settingsThatAnOlderVersionDidNotKnowHaveTheirDefaults() throws IOException {
        RunRecord run = run();
        RunLog.open(folder).save(run);
        Path file = folder.resolve("run-1/run.json");
        ObjectNode older = (ObjectNode) JSON.readTree(file.toFile());
        ((ObjectNode) older.at("/spec")).remove("trigger");
        ((ObjectNode) older.at("/spec/config/ppo")).remove("estimator");
        ((ObjectNode) older.at("/spec/config/ppo")).put("temperature", 0.5);
        ((ObjectNode) older.at("/spec/config/reward")).remove("thumbWeight");
        ((ObjectNode) older.at("/spec/config")).remove("halfLife");
        Files.write(file, JSON.writeValueAsBytes(older));

        RunRecord read = RunLog.open(folder).find("run-1").orElseThrow();

        assertThat(read.spec().config().ppo().estimator())
                .isEqualTo(RefreshConfig.standard().ppo().estimator());
        assertThat(read.spec().trigger()).isEqualTo(Trigger.REQUEST);
        assertThat(read.spec().config().ppo().temperature()).isEqualTo(0.5);
        assertThat(read.spec().config().reward()).isEqualTo(RefreshConfig.standard().reward());
        assertThat(read.spec().config().halfLife()).isEqualTo(HalfLife.NONE);
        assertThat(read.spec().config().gate()).isEqualTo(RefreshConfig.standard().gate());
    }

    @Test
    void samplesOutliveTheCheckpoints() throws IOException {
        RunLog log = RunLog.open(folder);
        log.save(run());
        Path work = log.work("run-1");
        Files.writeString(
                work.resolve(SampledPair.FILE),
                """
                [{"prompt_ids":[1,2],"before":[3],"after":[4],"score_before":0.5,"score_after":1.5}]
                """);
        Files.createDirectory(work.resolve("ppo-00001"));

        log.clean("run-1");

        assertThat(work).doesNotExist();
        assertThat(log.samples("run-1"))
                .singleElement()
                .extracting(SampledPair::scoreAfter)
                .isEqualTo(1.5);
        assertThat(RunLog.open(folder).list()).containsExactly(run());
    }

    private static RunRecord run() {
        return RunRecord.accepted(
                new RunSpec(
                        "run-1",
                        Trigger.COUNT,
                        Instant.parse("2026-05-01T10:00:00Z"),
                        5,
                        1,
                        null,
                        "r0-00000000",
                        "r0-00000000",
                        Offsets.none(),
                        "abc",
                        new TreeMap<>(),
                        RefreshConfig.standard()));
    }
}
