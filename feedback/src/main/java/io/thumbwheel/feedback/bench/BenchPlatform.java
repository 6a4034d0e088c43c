package io.thumbwheel.feedback.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.event.ApiKeys;
import io.thumbwheel.schemas.event.ApiKeys.ApiKey;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.SigningKey;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A broker and the service for a benchmark, processes of their own in a folder of their own, as
/// `./thumbwheel up` runs them. They end with their standard input, and so with this process.
public final class BenchPlatform implements AutoCloseable {
    private static final String KEY = "bench-key";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path home;
    private final Path folder;
    private final int kafkaPort;
    private final int feedbackPort;
    private final List<Process> processes = new ArrayList<>();
    private final SigningKey signing;
    private final HttpClient http = HttpClient.newHttpClient();
    private @Nullable Process feedback;

    /// Starts the broker.
    ///
    /// @param home of the built platform
    /// @param folder empty, for all that is written
    BenchPlatform(Path home, Path folder) throws IOException, InterruptedException {
        this.home = home;
        this.folder = folder;
        this.kafkaPort = freePort();
        this.feedbackPort = freePort();
        String secret = Base64.getEncoder().encodeToString(new byte[32]);
        this.signing = new SigningKey(secret);
        Files.write(
                folder.resolve("keys.json"),
                JsonMapper.builder()
                        .build()
                        .writeValueAsBytes(
                                new ApiKeys(
                                        secret,
                                        List.of(
                                                new ApiKey(
                                                        "bench",
                                                        KEY,
                                                        "bench",
                                                        Set.of(Role.OPERATOR),
                                                        RaterKind.SIMULATED)))));
        Path ready = folder.resolve("kafka.ready");
        start(
                "kafka",
                List.of(
                        "-Xmx384m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        home.resolve("standalone/target/standalone.jar").toString(),
                        "io.thumbwheel.standalone.platform.KafkaProcess",
                        folder.resolve("kafka").toString(),
                        String.valueOf(kafkaPort),
                        String.valueOf(freePort()),
                        ready.toString()),
                Map.of());
        await("the broker", () -> Files.exists(ready));
    }

    /// Starts the service with no state, unless it runs.
    public void startFeedback() throws IOException, InterruptedException {
        if (feedback == null) {
            feedback =
                    start(
                            "feedback",
                            List.of(
                                    "-Xmx320m",
                                    "-jar",
                                    home.resolve("feedback/target/quarkus-app/quarkus-run.jar")
                                            .toString()),
                            Map.of(
                                    "THUMBWHEEL_PORT", String.valueOf(feedbackPort),
                                    "THUMBWHEEL_KAFKA", kafka(),
                                    "THUMBWHEEL_KEYS", folder.resolve("keys.json").toString(),
                                    "THUMBWHEEL_STATE", folder.resolve("state").toString()));
        }
        await("the service", this::isReady);
    }

    /// Most megabytes of memory that the service has had resident so far, as Linux counts them;
    /// empty elsewhere.
    OptionalDouble mostResidentMegabytes() throws IOException {
        Path status = Path.of("/proc/%d/status".formatted(feedback == null ? 0 : feedback.pid()));
        if (!Files.isReadable(status)) {
            return OptionalDouble.empty();
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                    .findFirst();
        }
    }

    /// Bootstrap of the broker.
    public String kafka() {
        return "127.0.0.1:" + kafkaPort;
    }

    /// Port of the service.
    public int port() {
        return feedbackPort;
    }

    /// An API key that may do everything.
    public String key() {
        return KEY;
    }

    /// Signs completion ids.
    public SigningKey signing() {
        return signing;
    }

    private boolean isReady() {
        try {
            return http.send(
                                    HttpRequest.newBuilder(
                                                    URI.create(
                                                            "http://127.0.0.1:%d/q/health/ready"
                                                                    .formatted(feedbackPort)))
                                            .timeout(Duration.ofSeconds(2))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Process start(String name, List<String> arguments, Map<String, String> environment)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve(name + ".log").toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private void await(String what, BooleanSupplier ready)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!ready.getAsBoolean()) {
            if (System.nanoTime() > deadline || !processes.getLast().isAlive()) {
                throw new IOException(
                        "%s did not come up; its log is in %s".formatted(what, folder));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        http.close();
        for (Process process : processes.reversed()) {
            process.destroy();
            try {
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException _) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
