package io.thumbwheel.serving;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;

import io.restassured.RestAssured;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// The packaged service as a process of its own, ready, with all that it needs around it;
/// RestAssured asks it while it is there.
final class ServingProcess implements AutoCloseable {
    private final ServingPlatform platform = new ServingPlatform();
    private final Path log;
    private final Map<String, String> settings;
    private Process process;

    /// @param name of its log in the folder `target`
    /// @param more settings beside the platform's
    ServingProcess(String name, Map<String, String> more) throws IOException {
        log = Path.of("target", name + ".log");
        Files.deleteIfExists(log);
        settings = new HashMap<>(platform.start());
        settings.put("quarkus.otel.sdk.disabled", "true");
        settings.putAll(more);
        RestAssured.port = freePort();
        settings.put("quarkus.http.port", String.valueOf(RestAssured.port));
        process = launch();
        try {
            awaitReady();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static void awaitReady() {
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> given().get("/ready").statusCode() == 200);
    }

    /// A metric without labels.
    static double metric(String name) {
        return given().get("/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .sum();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        settings.forEach((key, value) -> command.add("-D%s=%s".formatted(key, value)));
        command.addAll(List.of("-jar", "target/quarkus-app/quarkus-run.jar"));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    Process process() {
        return process;
    }

    /// Kills it (SIGKILL), starts it anew, and returns when it is ready.
    void killAndStart() throws IOException {
        kill();
        process = launch();
        awaitReady();
    }

    private void kill() {
        process.destroyForcibly().onExit().orTimeout(30, TimeUnit.SECONDS).join();
    }

    /// What it needs around it.
    ServingPlatform platform() {
        return platform;
    }

    /// Where its Kafka is.
    String kafka() {
        return Objects.requireNonNull(settings.get("serving.kafka"));
    }

    /// What it has logged.
    List<String> lines() throws IOException {
        return Files.readAllLines(log);
    }

    @Override
    public void close() {
        kill();
        RestAssured.port = RestAssured.UNDEFINED_PORT;
        platform.stop();
    }
}
