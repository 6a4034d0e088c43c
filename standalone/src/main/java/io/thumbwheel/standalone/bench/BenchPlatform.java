package io.thumbwheel.standalone.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.MustBeClosed;
import io.thumbwheel.standalone.client.ApiClient;
import io.thumbwheel.standalone.client.ApiException;
import io.thumbwheel.standalone.client.Traffic;
import io.thumbwheel.standalone.platform.CannotRunException;
import io.thumbwheel.standalone.platform.Platform;
import io.thumbwheel.standalone.platform.PlatformConfig;
import io.thumbwheel.standalone.platform.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A platform whose store has several releases of one [Shape], and that keeps in memory only what
/// the rollout needs and r0: so that whichever of the others is promoted next must be loaded.
final class BenchPlatform implements AutoCloseable {
    private static final Duration COMMAND = Duration.ofMinutes(5);
    private static final Duration SWAP = Duration.ofMinutes(1);

    private final Platform platform;
    private final Traffic traffic = new Traffic();
    private final ApiClient api;
    private final List<String> releases;

    private BenchPlatform(Platform platform, List<String> releases) {
        this.platform = platform;
        this.releases = releases;
        this.api = new ApiClient(platform.endpoints(), "chat", traffic);
    }

    /// Makes the releases and starts.
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
        Platform platform = Platform.prepare(config.withServing(settings), progress);
        try {
            progress.line("making %d releases of the %s".formatted(count, shape.label()));
            Path store = platform.folder().resolve("releases");
            for (int seed = 1; seed <= count; seed++) {
                Path folder = platform.folder().resolve("policy-" + seed);
                List<String> make = new ArrayList<>(List.of("random-policy", "--to"));
                make.addAll(List.of(folder.toString(), "--seed", String.valueOf(seed)));
                make.addAll(shape.options());
                run(platform, make);
                List<String> take =
                        new ArrayList<>(List.of("import", "--releases", store.toString()));
                if (seed > 1) {
                    take.add("--beside");
                }
                take.add(folder.toString());
                run(platform, take);
            }
            platform.start();
            return new BenchPlatform(platform, releases(store));
        } catch (CannotRunException | IOException | InterruptedException | RuntimeException e) {
            platform.close();
            throw e;
        }
    }

    private static void run(Platform platform, List<String> command)
            throws CannotRunException, IOException, InterruptedException {
        Path log = platform.folder().resolve("bench-releases.log");
        Process process =
                platform.trainer(command.toArray(String[]::new))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        try {
            if (!process.waitFor(COMMAND.toSeconds(), TimeUnit.SECONDS)
                    || process.exitValue() != 0) {
                throw new CannotRunException(
                        "trainer %s did not succeed, see %s".formatted(command.getFirst(), log));
            }
        } finally {
            process.getOutputStream().close(); // which it ends with, if it has not
        }
    }

    private static List<String> releases(Path store) throws IOException {
        try (Stream<Path> folders = Files.list(store)) {
            return folders.map(folder -> folder.getFileName().toString())
                    .filter(name -> name.matches("r\\d+-[0-9a-f]{8}"))
                    .sorted(Comparator.comparing(name -> number(name)))
                    .toList();
        }
    }

    private static int number(String release) {
        return Integer.parseInt(release.substring(1, release.indexOf('-')));
    }

    /// The releases, r0 first.
    List<String> releases() {
        return releases;
    }

    ApiClient api() {
        return api;
    }

    Traffic traffic() {
        return traffic;
    }

    /// Promotes a release and returns once it serves.
    ///
    /// @return seconds from the decision until then
    double promote(String release) throws ApiException, InterruptedException {
        long start = System.nanoTime();
        ObjectNode decision = JsonNodeFactory.instance.objectNode();
        decision.put("action", "promote").put("release", release);
        api.decide(decision);
        awaitServing(release);
        return (System.nanoTime() - start) / 1e9;
    }

    /// Takes the last promotion back.
    void rollBack() throws ApiException, InterruptedException {
        api.decide(JsonNodeFactory.instance.objectNode().put("action", "rollback"));
    }

    private void awaitServing(String release) throws ApiException, InterruptedException {
        long end = System.nanoTime() + SWAP.toNanos();
        while (true) {
            JsonNode serving = api.rollout().path("serving");
            if (serving.path("primary").asText().equals(release)) {
                return;
            }
            if (System.nanoTime() > end) {
                throw new IllegalStateException(
                        "release %s does not serve yet: %s".formatted(release, serving));
            }
            Thread.sleep(5);
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

    /// Stops it and deletes its store, which is large.
    @Override
    public void close() {
        api.close();
        platform.close();
        for (String release : releases) {
            delete(platform.folder().resolve("releases").resolve(release));
        }
        for (int seed = 1; seed <= releases.size(); seed++) {
            delete(platform.folder().resolve("policy-" + seed));
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
