package io.thumbwheel.standalone.platform;

import com.google.errorprone.annotations.MustBeClosed;
import io.thumbwheel.schemas.event.ApiKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/// The whole platform on one machine: Kafka, Redis, serving, feedback and trainer as processes of
/// their own under this one. Stops them in order when it is closed; when this process is killed,
/// the pipes end and they stop by themselves.
public final class Platform implements AutoCloseable {
    private static final Duration KAFKA_START = Duration.ofSeconds(90);
    private static final Duration SERVICE_START = Duration.ofMinutes(5);

    /// Children end themselves 30 s after their pipe.
    private static final Duration STOP = Duration.ofSeconds(35);

    /// How long ports of a killed supervisor's children may stay taken.
    private static final Duration AFTER_KILL = Duration.ofSeconds(40);

    private final PlatformConfig config;
    private final DataFolder data;
    private final Progress progress;
    private final Endpoints endpoints;
    private final ApiKeys keys;
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("restarts").factory());
    private final CompletableFuture<String> failure = new CompletableFuture<>();
    private final Object stopping = new Object();
    private boolean closed;
    private boolean stopped;
    private final List<Child> infrastructure = new ArrayList<>();
    private final List<Child> services = new ArrayList<>();

    private Platform(PlatformConfig config, DataFolder data, Progress progress, ApiKeys keys) {
        this.config = config;
        this.data = data;
        this.progress = progress;
        this.keys = keys;
        this.endpoints = Endpoints.of(config.ports(), keys);
    }

    /// Takes the data folder and prepares everything; starts nothing yet.
    ///
    /// @throws CannotRunException says what is wrong and what to do
    @MustBeClosed
    public static Platform prepare(PlatformConfig config, Progress progress)
            throws CannotRunException {
        config.check();
        DataFolder data = DataFolder.open(config.data());
        try {
            if (data.killedBefore()) {
                progress.line("the last run was killed; waiting until its processes are gone");
            }
            config.ports().check(data.killedBefore() ? AFTER_KILL : Duration.ZERO);
            ApiKeys keys = Keys.readOrMake(data.path().resolve("keys.json"));
            Files.deleteIfExists(data.path().resolve("endpoints.json"));
            return new Platform(config, data, progress, keys);
        } catch (IOException e) {
            data.close();
            throw new CannotRunException("cannot write in " + data.path() + ": " + e, e);
        } catch (CannotRunException e) {
            data.close();
            throw e;
        }
    }

    /// Starts everything and returns once all of it is ready.
    ///
    /// @throws CannotRunException says which process is not, with its last lines
    public void start() throws CannotRunException {
        long from = System.nanoTime();
        Children children = new Children(config, data);
        launch(infrastructure, List.of(children.redis(), children.kafka()));
        awaitReady(infrastructure, KAFKA_START, from);
        launch(services, List.of(children.trainer(), children.serving(), children.feedback()));
        awaitReady(services, SERVICE_START, from);
        try {
            endpoints.write(data.path().resolve("endpoints.json"));
        } catch (IOException e) {
            throw new CannotRunException("cannot write endpoints.json: " + e, e);
        }
    }

    private void launch(List<Child> group, List<Child.Plan> plans) throws CannotRunException {
        for (Child.Plan plan : plans) {
            Child child = new Child(plan, clock, progress, failure::complete);
            synchronized (this) {
                if (closed) {
                    throw new CannotRunException("stopped while starting");
                }
                group.add(child);
            }
            try {
                child.start();
            } catch (IOException e) {
                throw new CannotRunException("cannot run " + plan.name() + ": " + e, e);
            }
        }
    }

    private void awaitReady(List<Child> group, Duration limit, long from)
            throws CannotRunException {
        for (Child child : group) {
            child.awaitReady(limit);
            progress.line(
                    "%-9s ready after %4.1f s"
                            .formatted(child.name(), (System.nanoTime() - from) / 1e9));
        }
    }

    /// Where it is and the keys to it.
    public Endpoints endpoints() {
        return endpoints;
    }

    /// All that its keys file holds.
    public ApiKeys keys() {
        return keys;
    }

    /// The Hugging Face folder that it started from.
    public Path policy() {
        return config.policy();
    }

    /// The trainer's command `arguments`, not started yet; it ends with its standard input.
    public ProcessBuilder trainer(String... arguments) {
        return config.trainer(arguments);
    }

    /// Whether its store has a release already.
    public boolean hasReleases() {
        String[] releases = data.path().resolve("releases").toFile().list();
        return releases != null && releases.length > 0;
    }

    /// The folder of all its state.
    public Path folder() {
        return data.path();
    }

    /// Pid of a child: `kafka`, `redis`, `serving`, `feedback` or `trainer`; 0 while it restarts.
    public long pid(String child) {
        List<Child> all = new ArrayList<>(infrastructure);
        all.addAll(services);
        return all.stream()
                .filter(candidate -> candidate.name().equals(child))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no child " + child))
                .pid();
    }

    /// Completes, with the reason, when a child could not be kept running.
    public CompletableFuture<String> failure() {
        return failure;
    }

    /// Stops the services, then Kafka, then Redis, and gives the folder back. Whoever calls it
    /// returns when that is done.
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        synchronized (stopping) {
            if (stopped) {
                return;
            }
            stopped = true;
            progress.line("stopping: services, then Kafka, then Redis");
            clock.shutdownNow();
            stop(services);
            infrastructure.sort(Comparator.comparing(Child::name));
            infrastructure.forEach(child -> stop(List.of(child)));
            data.close();
            progress.line("stopped; data kept in " + data.path());
        }
    }

    private static void stop(List<Child> group) {
        group.forEach(Child::release);
        group.forEach(child -> child.awaitEnd(STOP));
    }
}
