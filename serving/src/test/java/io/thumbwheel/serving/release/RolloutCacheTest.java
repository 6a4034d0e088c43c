package io.thumbwheel.serving.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.schemas.event.RolloutDecision;
import io.thumbwheel.schemas.event.RolloutState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RolloutCacheTest {
    @TempDir Path folder;

    @Test
    void aStateComesBackAsItWasWritten() {
        RolloutState state =
                new RolloutState(
                        7,
                        new RolloutDecision(
                                "default",
                                Instant.parse("2026-01-01T12:00:00Z"),
                                6,
                                "r1-0123abcd",
                                "r2-0123abcd",
                                0.25,
                                null,
                                0,
                                true,
                                "ada",
                                "why not"));

        new RolloutCache(folder.resolve("state/rollout.json")).write(state);

        assertThat(new RolloutCache(folder.resolve("state/rollout.json")).read()).contains(state);
    }

    @Test
    void whatIsNotThereOrBrokenCountsForNothing() throws IOException {
        Path file = folder.resolve("rollout.json");
        assertThat(new RolloutCache(file).read()).isEmpty();

        Files.writeString(file, "{\"revision\":");
        assertThat(new RolloutCache(file).read()).isEmpty();

        Files.writeString(file, "{\"revision\":3}");
        assertThat(new RolloutCache(file).read()).isEmpty();
    }
}
