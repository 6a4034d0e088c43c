package io.thumbwheel.serving.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thumbwheel.schemas.event.RolloutDecision;
import io.thumbwheel.serving.ReleaseFolders;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.TestingConfig;
import io.thumbwheel.serving.journal.TestingJournal;
import io.thumbwheel.serving.metrics.ReleaseMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Swaps where memory is short.
class SwapMemoryTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    /// Room for one release, and the old one goes first.
    private static final Map<String, String> DRAINING =
            Map.of(
                    "serving.residence.cache", "1",
                    "serving.residence.when-full", "drain-then-load");

    @TempDir Path folder;

    @BeforeEach
    void releases() throws IOException {
        ReleaseFolders.copy("tiny-release", folder.resolve("releases"));
        ReleaseFolders.copy("tiny-release-next", folder.resolve("releases"));
        meminfo(1 << 20);
    }

    private void meminfo(long kilobytes) throws IOException {
        Files.createDirectories(folder.resolve("proc"));
        Files.writeString(
                folder.resolve("proc/meminfo"), "MemAvailable: %d kB%n".formatted(kilobytes));
    }

    /// What carries rollouts out, without the service around it.
    private final class Serving implements AutoCloseable {
        private final TestingJournal journal;
        private final Residency residency;
        private final Swap swap;
        private RolloutHistory history = RolloutHistory.EMPTY;

        Serving(Map<String, String> more) {
            Map<String, String> settings =
                    new HashMap<>(
                            Map.of(
                                    "serving.releases", folder.resolve("releases").toString(),
                                    "serving.queue.slots", "2",
                                    "serving.queue.threads", "1",
                                    "serving.queue.drain", "100ms",
                                    "serving.queue.prefixes", "0"));
            settings.putAll(more);
            ServingConfig config = TestingConfig.of(settings);
            SimpleMeterRegistry metrics = new SimpleMeterRegistry();
            ReleaseStore store = new ReleaseStore(config, new KnownDigests(Clock.systemUTC()));
            ReleaseMemory memory = new ReleaseMemory(config, new AvailableMemory(folder));
            journal = new TestingJournal(TestingJournal.AWAY, folder.resolve("state"), "1M");
            Engine engine = new Engine(config, metrics);
            GraphChoice graphs = new GraphChoice(config, engine, (_, _) -> List.of(1.0));
            residency =
                    new Residency(
                            new ReleaseLoader(store, engine, graphs, memory),
                            config,
                            new ReleaseMetrics(metrics, config),
                            metrics);
            swap =
                    new Swap(
                            residency,
                            store,
                            journal.journal(),
                            Clock.systemUTC(),
                            config,
                            metrics);
        }

        void promote(String release) {
            RolloutDecision decision =
                    new RolloutChange.Promote(release).decide(history, "ada", NOON);
            history = history.after(decision);
            swap.to(history.state());
        }

        /// @return what serves then
        Resident awaitServing(String release) {
            await().until(() ->
                    swap.standing().filter(now -> now.primary().id().equals(release)).isPresent());
            return swap.standing().orElseThrow().primary();
        }

        String awaitRefusal() {
            await().until(() -> swap.lastRefusal().isPresent());
            return swap.lastRefusal().orElseThrow();
        }

        @Override
        public void close() {
            residency.close();
            journal.close();
        }
    }

    @Test
    void aReleaseForWhichThereIsNoCacheIsRefusedWithNumbers() {
        try (Serving serving = new Serving(Map.of("serving.residence.cache", "1"))) {
            serving.promote(ReleaseFolders.FIRST);
            Resident first = serving.awaitServing(ReleaseFolders.FIRST);

            serving.promote(ReleaseFolders.NEXT);

            assertThat(serving.awaitRefusal())
                    .startsWith("release %s needs 1 MB of KV cache".formatted(ReleaseFolders.NEXT))
                    .contains("largest free range is 0 MB of 1 MB", "serving.residence.when-full");
            assertThat(serving.awaitServing(ReleaseFolders.FIRST)).isSameAs(first);
        }
    }

    @Test
    void aReleaseForWhichTheHostHasNoMemoryIsRefusedBeforeItLoads() throws IOException {
        try (Serving serving = new Serving(Map.of())) {
            serving.promote(ReleaseFolders.FIRST);
            serving.awaitServing(ReleaseFolders.FIRST);
            meminfo(10);

            serving.promote(ReleaseFolders.NEXT);

            assertThat(serving.awaitRefusal())
                    .contains("1 MB for its weights and 1 MB more for its KV cache, and 1 MB are");
            assertThat(serving.residency.ids()).containsExactly(ReleaseFolders.FIRST);
        }
    }

    @Test
    void theOldOneGoesFirstWhereTheConfigurationSaysSo() {
        try (Serving serving = new Serving(DRAINING)) {
            serving.promote(ReleaseFolders.FIRST);
            Resident first = serving.awaitServing(ReleaseFolders.FIRST);

            serving.promote(ReleaseFolders.NEXT);
            serving.awaitServing(ReleaseFolders.NEXT);

            assertThat(first.policy().users()).isZero();
            assertThat(serving.residency.ids()).containsExactly(ReleaseFolders.NEXT);
            assertThat(serving.swap.lastRefusal()).isEmpty();
        }
    }

    @Test
    void aDamagedReleaseDoesNotPushTheOldOneOut() throws IOException {
        Path damaged = ReleaseFolders.copyAs("r2-00000001", folder.resolve("releases"));
        ReleaseFolders.damage(damaged.resolve("model.onnx.data"));
        try (Serving serving = new Serving(DRAINING)) {
            serving.promote(ReleaseFolders.FIRST);
            Resident first = serving.awaitServing(ReleaseFolders.FIRST);

            serving.promote("r2-00000001");

            assertThat(serving.awaitRefusal()).contains("is damaged");
            assertThat(serving.awaitServing(ReleaseFolders.FIRST)).isSameAs(first);
            assertThat(first.policy().users()).isEqualTo(1);
        }
    }
}
