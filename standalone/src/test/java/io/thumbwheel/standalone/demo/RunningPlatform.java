package io.thumbwheel.standalone.demo;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.event.ApiKeys;
import io.thumbwheel.standalone.platform.Endpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// `thumbwheel up` as a process of its own, as people run it.
final class RunningPlatform implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(3);

    private final Process supervisor;
    private final Path data;
    private final Path log;

    private RunningPlatform(Process supervisor, Path data, Path log) {
        this.supervisor = supervisor;
        this.data = data;
        this.log = log;
    }

    /// Starts it and returns once it is ready.
    static RunningPlatform start(Path data, Path policy, int portBase) throws IOException {
        Path log = data.resolveSibling("up.log");
        // A killed one leaves it behind.
        Files.deleteIfExists(data.resolve("endpoints.json"));
        Process supervisor =
                new ProcessBuilder(command(data, policy, portBase))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        RunningPlatform platform = new RunningPlatform(supervisor, data, log);
        await().atMost(START)
                .until(() -> !supervisor.isAlive() || Files.exists(data.resolve("endpoints.json")));
        if (!supervisor.isAlive()) {
            throw new IOException("up ended: " + platform.output());
        }
        return platform;
    }

    static List<String> command(Path data, Path policy, int portBase) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-Dthumbwheel.home=" + Path.of("..").toAbsolutePath().normalize(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.thumbwheel.standalone.Standalone",
                "up",
                "--data",
                data.toString(),
                "--policy",
                policy.toString(),
                "--port-base",
                String.valueOf(portBase));
    }

    Endpoints endpoints() throws IOException {
        return JsonMapper.builder()
                .build()
                .readValue(data.resolve("endpoints.json").toFile(), Endpoints.class);
    }

    ApiKeys keys() throws IOException {
        return ApiKeys.read(data.resolve("keys.json"));
    }

    /// All its processes but the supervisor.
    List<ProcessHandle> children() {
        return supervisor.toHandle().descendants().toList();
    }

    /// The child whose command line holds a text.
    ProcessHandle child(String text) {
        return children().stream()
                .filter(child -> child.info().commandLine().orElse("").contains(text))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no child with " + text + " in its command"));
    }

    void kill() throws InterruptedException {
        supervisor.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }

    String output() throws IOException {
        return Files.readString(log);
    }

    /// SIGTERM, as a terminal or a service manager would.
    @Override
    public void close() throws InterruptedException {
        supervisor.destroy();
        if (!supervisor.waitFor(60, TimeUnit.SECONDS)) {
            supervisor.destroyForcibly();
        }
    }
}
