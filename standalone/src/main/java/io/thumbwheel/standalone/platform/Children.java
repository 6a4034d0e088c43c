package io.thumbwheel.standalone.platform;

import io.thumbwheel.embedded.EmbeddedRedis;
import io.thumbwheel.embedded.HeldCommand;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How each process of the platform is run: its command, its environment, and how to see that it is
/// ready.
final class Children {
    /// Weights lie in pages of 2 MB where the kernel grants them: after another thread's turn a
    /// forward pass has to look up again where its pages are, and there are 512 times fewer.
    private static final Map<String, String> HUGE_PAGES =
            Map.of("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");

    /// glibc keeps what a training step frees instead of giving it back to the kernel and asking
    /// again: 30% more tokens per CPU-second. Threads wait awake from one operation to the next, a
    /// few dozen microseconds at most, since chats share the cores: a fifth more.
    private static final Map<String, String> TRAINS =
            Map.of(
                    "MALLOC_ARENA_MAX", "1",
                    "MALLOC_MMAP_MAX_", "0",
                    "MALLOC_TRIM_THRESHOLD_", "17179869184",
                    "MALLOC_TOP_PAD_", "268435456",
                    "GOMP_SPINCOUNT", "2000");

    /// Native thread pools do not spin by themselves: the cores are shared.
    private static final String OMP_WAIT_POLICY = "OMP_WAIT_POLICY";

    /// The first of the JVM's compilers only: starts sooner and leaves the cores to the models. Not
    /// for feedback, whose join is Java through and through and half as fast again with both.
    private static final String STARTS_SOON = "-XX:TieredStopAtLevel=1";

    private static final long LOG_LIMIT = 16 << 20;

    private final PlatformConfig config;
    private final DataFolder data;
    private final Path logs;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    Children(PlatformConfig config, DataFolder data) throws CannotRunException {
        this.config = config;
        this.data = data;
        this.logs = data.folder("logs");
    }

    Child.Plan kafka() throws CannotRunException {
        Path ready = data.path().resolve("kafka.ready");
        List<String> command = java("-Xmx384m", STARTS_SOON);
        command.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        KafkaProcess.class.getName(),
                        data.folder("kafka").toString(),
                        String.valueOf(config.ports().kafka()),
                        String.valueOf(config.ports().kafkaController()),
                        ready.toString()));
        try {
            Files.deleteIfExists(ready);
        } catch (IOException e) {
            throw new CannotRunException("cannot remove " + ready + ": " + e.getMessage(), e);
        }
        return new Child.Plan("kafka", command, Map.of(), log("kafka"), () -> Files.exists(ready));
    }

    Child.Plan redis() throws CannotRunException {
        try {
            return new Child.Plan(
                    "redis",
                    EmbeddedRedis.command(data.folder("redis"), config.ports().redis()),
                    Map.of(),
                    log("redis"),
                    () -> EmbeddedRedis.answers(config.ports().redis()));
        } catch (IOException e) {
            throw new CannotRunException("Redis cannot be unpacked: " + e.getMessage(), e);
        }
    }

    Child.Plan serving() throws CannotRunException {
        Map<String, String> environment = new HashMap<>(HUGE_PAGES);
        environment.putAll(config.serving());
        return service(
                "serving", config.ports().serving(), java("-Xmx512m", STARTS_SOON), environment);
    }

    Child.Plan feedback() throws CannotRunException {
        return service(
                "feedback",
                config.ports().feedback(),
                java("-Xmx320m"),
                Map.of(
                        "THUMBWHEEL_TRAINER",
                        "http://127.0.0.1:" + config.ports().trainer(),
                        "THUMBWHEEL_WEBHOOKS",
                        data.path().resolve("webhooks.json").toString()));
    }

    Child.Plan trainer() throws CannotRunException {
        Map<String, String> environment = new HashMap<>(TRAINS);
        environment.put("THUMBWHEEL_POLICY", config.policy().toAbsolutePath().toString());
        environment.putAll(config.refreshing().environment());
        return service(
                "trainer",
                config.ports().trainer(),
                java("-Xmx1g", "-Dai.djl.offline=true"),
                environment);
    }

    private Child.Plan service(String name, int port, List<String> java, Map<String, String> extra)
            throws CannotRunException {
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of("-jar", config.jar(name).toString()));
        Map<String, String> environment = new HashMap<>(extra);
        environment.put("THUMBWHEEL_PORT", String.valueOf(port));
        environment.put("THUMBWHEEL_KAFKA", "127.0.0.1:" + config.ports().kafka());
        environment.put("THUMBWHEEL_REDIS", "redis://127.0.0.1:" + config.ports().redis());
        environment.put("THUMBWHEEL_KEYS", data.path().resolve("keys.json").toString());
        environment.put("THUMBWHEEL_RELEASES", data.folder("releases").toString());
        environment.put("THUMBWHEEL_STATE", data.folder(name).toString());
        environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        environment.put(OMP_WAIT_POLICY, "PASSIVE");
        URI ready = URI.create("http://127.0.0.1:%d/q/health/ready".formatted(port));
        return new Child.Plan(name, command, environment, log(name), () -> isUp(ready));
    }

    /// The trainer's command line, as `./thumbwheel trainer` runs it.
    static ProcessBuilder trainerCommand(PlatformConfig config, String... arguments) {
        Path app = config.jar("trainer").resolveSibling("app");
        Path libraries = config.jar("trainer").resolveSibling("lib");
        List<String> command = java("-Xmx1g", "-Dai.djl.offline=true");
        command.addAll(
                List.of(
                        "-cp",
                        "%s/*:%s/main/*:%s/boot/*".formatted(app, libraries, libraries),
                        "io.thumbwheel.trainer.Trainer"));
        command.addAll(List.of(arguments));
        ProcessBuilder process = new ProcessBuilder(HeldCommand.of(command.toArray(new String[0])));
        process.environment().putAll(TRAINS);
        process.environment().put(OMP_WAIT_POLICY, "PASSIVE");
        return process;
    }

    private static List<String> java(String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(List.of(options));
        return command;
    }

    /// The log file of a child; a long one of earlier runs is put aside first.
    private Path log(String name) throws CannotRunException {
        Path log = logs.resolve(name + ".log");
        try {
            if (Files.exists(log) && Files.size(log) > LOG_LIMIT) {
                Files.move(log, logs.resolve(name + ".log.1"), StandardCopyOption.REPLACE_EXISTING);
            }
            return log;
        } catch (IOException e) {
            throw new CannotRunException("cannot put aside " + log + ": " + e.getMessage(), e);
        }
    }

    private boolean isUp(URI ready) {
        try {
            return http.send(
                                    HttpRequest.newBuilder(ready)
                                            .timeout(Duration.ofSeconds(2))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
