package io.thumbwheel.standalone.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.MustBeClosed;
import io.thumbwheel.standalone.client.ApiClient;
import io.thumbwheel.standalone.client.ApiException;
import io.thumbwheel.standalone.client.Traffic;
import io.thumbwheel.standalone.platform.CannotRunException;
import io.thumbwheel.standalone.platform.Endpoints;
import io.thumbwheel.standalone.platform.Platform;
import io.thumbwheel.standalone.platform.PlatformConfig;
import io.thumbwheel.standalone.platform.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A platform whose store has several releases of one [Shape], and that keeps in memory only what
/// the rollout needs and r0: so that whichever of the others is promoted next must be loaded.
final class BenchPlatform implements AutoCloseable {
    private static final String KEY = "chat";
    private static final Duration SWAP = Duration.ofMinutes(2);

    private final Platform platform;
    private final Traffic traffic = new Traffic();
    private final ApiClient api;
    private final List<String> releases;

    private BenchPlatform(Platform platform, List<String> releases) {
        this.platform = platform;
        this.releases = releases;
        this.api = new ApiClient(platform.endpoints(), KEY, traffic);
    }

    /// Takes the releases, which are made where missing, and starts.
    ///
    /// @param config in a folder that holds no platform yet
    /// @param count how many releases
    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // close() closes the platform
    static BenchPlatform start(PlatformConfig config, Shape shape, int count, Progress progress)
            throws CannotRunException, IOException, InterruptedException {
        Map<String, String> settings = new HashMap<>(config.serving());
        settings.putAll(shape.settings());
        settings.put("SERVING_RESIDENCE_ON_DEMAND", "0");
        List<Path> releases = new BenchReleases(config, progress).of(shape, count);
        Platform platform = Platform.prepare(config.withServing(settings), progress);
        try {
            BenchReleases.link(releases, platform.folder().resolve("releases"));
            platform.start();
            return new BenchPlatform(
                    platform,
                    releases.stream().map(folder -> folder.getFileName().toString()).toList());
        } catch (CannotRunException | IOException | RuntimeException e) {
            platform.close();
            throw e;
        }
    }

    /// The releases, r0 first.
    List<String> releases() {
        return releases;
    }

    ApiClient api() {
        return api;
    }

    /// Reads streams with hardly any work of its own; not counted in the traffic.
    PlainAnswers plainAnswers(Duration patience) {
        Endpoints endpoints = platform.endpoints();
        return new PlainAnswers(endpoints.serving(), endpoints.key(KEY), patience);
    }

    Traffic traffic() {
        return traffic;
    }

    /// Promotes a release and returns once it serves.
    ///
    /// @return seconds from the decision until then
    /// @throws CannotRunException where that takes more than two minutes
    double promote(String release) throws ApiException, CannotRunException, InterruptedException {
        long start = System.nanoTime();
        ObjectNode decision = JsonNodeFactory.instance.objectNode();
        decision.put("action", "promote").put("release", release);
        api.decide(decision);
        awaitServing(release, start + SWAP.toNanos());
        return (System.nanoTime() - start) / 1e9;
    }

    /// Makes a release's files look written to, so that they are verified at its next load as at
    /// its first.
    void touch(String release) throws IOException {
        FileTime now = FileTime.from(Instant.now());
        try (Stream<Path> files =
                Files.list(platform.folder().resolve("releases").resolve(release))) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, now);
            }
        }
    }

    /// Takes the last promotion back.
    void rollBack() throws ApiException, InterruptedException {
        api.decide(JsonNodeFactory.instance.objectNode().put("action", "rollback"));
    }

    /// Returns once serving says that the release is its primary.
    ///
    /// @param end of the wait, by [System#nanoTime]
    void awaitServing(String release, long end)
            throws ApiException, CannotRunException, InterruptedException {
        JsonNode serving = api.rollout().path("serving");
        while (!serving.path("primary").asText().equals(release)) {
            if (System.nanoTime() > end) {
                throw new CannotRunException(
                        "release %s still does not serve, but %s; see %s"
                                .formatted(
                                        release,
                                        serving,
                                        platform.folder().resolve("logs/serving.log")));
            }
            Thread.sleep(2);
            serving = api.rollout().path("serving");
        }
    }

    /// The sum of a metric of serving over all its labels.
    double metric(String name) throws ApiException, InterruptedException {
        return api.metrics()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /// What serving holds in memory, MB (`VmRSS` in `/proc`).
    double residentMegabytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/%d/status".formatted(platform.pid("serving"))))
                .stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                .sum();
    }

    /// Stops it and empties its store, which is large where it holds copies.
    @Override
    public void close() {
        api.close();
        platform.close();
        for (String release : releases) {
            BenchReleases.delete(platform.folder().resolve("releases").resolve(release));
        }
    }
}
