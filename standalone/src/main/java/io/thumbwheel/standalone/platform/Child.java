package io.thumbwheel.standalone.platform;

import io.thumbwheel.schemas.process.Supervised;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One process of the platform, held by a pipe on its standard input, restarted with back-off when
/// it ends by itself. The fifth end within a minute is given up on.
final class Child {
    /// Ends within [#WINDOW] that are too many.
    static final int TOO_MANY = 5;

    static final Duration WINDOW = Duration.ofMinutes(1);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

    /// A Ctrl-C in the terminal is for the supervisor alone, which stops its children in order.
    private static final List<String> SHIELD =
            List.of("sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh");

    /// How to run it.
    ///
    /// @param name for people and logs
    /// @param command program and arguments; no secrets, others can read them
    /// @param environment added to the supervisor's own
    /// @param log its output, appended
    /// @param ready whether it does its work by now
    record Plan(
            String name,
            List<String> command,
            Map<String, String> environment,
            Path log,
            BooleanSupplier ready) {
        Plan {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }

    private final Plan plan;
    private final ScheduledExecutorService clock;
    private final Progress progress;
    private final Consumer<String> givenUp;
    private final Deque<Long> ends = new ArrayDeque<>();
    private @Nullable Process process;
    private boolean stopping;
    private boolean wasReady;

    /// @param clock restarts run on it
    /// @param givenUp told once, with the reason, when the child ends too often
    Child(Plan plan, ScheduledExecutorService clock, Progress progress, Consumer<String> givenUp) {
        this.plan = plan;
        this.clock = clock;
        this.progress = progress;
        this.givenUp = givenUp;
    }

    String name() {
        return plan.name();
    }

    /// Pid of the process that runs now; 0 between an end and a restart.
    synchronized long pid() {
        return process == null || !process.isAlive() ? 0 : process.pid();
    }

    /// Starts the process.
    synchronized void start() throws IOException {
        if (stopping) {
            return;
        }
        List<String> command = new ArrayList<>(SHIELD);
        command.addAll(plan.command());
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(plan.log().toFile()));
        builder.environment().put(Supervised.VARIABLE, "true");
        builder.environment().putAll(plan.environment());
        Process started = builder.start();
        process = started;
        started.onExit().thenAcceptAsync(this::ended, clock);
    }

    /// Waits until it is ready.
    ///
    /// @throws CannotRunException where it ends before, or is not in time; carries its last lines
    void awaitReady(Duration limit) throws CannotRunException {
        long end = System.nanoTime() + limit.toNanos();
        while (!plan.ready().getAsBoolean()) {
            if (pid() == 0) {
                throw new CannotRunException(
                        "%s did not start; the end of %s:%n%s"
                                .formatted(name(), plan.log(), lastLines()));
            }
            if (System.nanoTime() > end) {
                throw new CannotRunException(
                        "%s is not ready after %d s; the end of %s:%n%s"
                                .formatted(name(), limit.toSeconds(), plan.log(), lastLines()));
            }
            Pause.of(Duration.ofMillis(50));
        }
        synchronized (this) {
            wasReady = true;
        }
    }

    private synchronized void ended(Process which) {
        if (stopping || which != process || !wasReady) {
            return;
        }
        long now = System.nanoTime();
        ends.addLast(now);
        while (now - ends.getFirst() > WINDOW.toNanos()) {
            ends.removeFirst();
        }
        if (ends.size() >= TOO_MANY) {
            stopping = true;
            givenUp.accept(
                    "%s ended %d times within a minute, the last time with code %d; the end of %s:%n%s"
                            .formatted(
                                    name(), TOO_MANY, which.exitValue(), plan.log(), lastLines()));
            return;
        }
        Duration pause = FIRST_PAUSE.multipliedBy(1L << (ends.size() - 1));
        progress.line(
                "%s ended with code %d; it starts again in %.1f s (log: %s)"
                        .formatted(
                                name(), which.exitValue(), pause.toMillis() / 1000.0, plan.log()));
        clock.schedule(this::restart, pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void restart() {
        try {
            start();
        } catch (IOException e) {
            givenUp.accept("%s cannot be started again: %s".formatted(name(), e.getMessage()));
        }
    }

    /// Lets go of the pipe: the child begins to stop in order and is not restarted.
    void release() {
        Process held;
        synchronized (this) {
            stopping = true;
            held = process;
        }
        if (held != null) {
            try {
                held.getOutputStream().close();
            } catch (IOException e) {
                // A child that has ended has no pipe any more.
            }
        }
    }

    /// Waits for the end of a released child, and kills it where it takes too long.
    void awaitEnd(Duration limit) {
        Process held;
        synchronized (this) {
            held = process;
        }
        if (held == null) {
            return;
        }
        try {
            if (!held.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                progress.line(
                        "%s did not stop within %d s and is killed"
                                .formatted(name(), limit.toSeconds()));
                held.descendants().forEach(ProcessHandle::destroyForcibly);
                held.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            held.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private String lastLines() {
        try (RandomAccessFile log = new RandomAccessFile(plan.log().toFile(), "r")) {
            long from = Math.max(0, log.length() - 3000);
            log.seek(from);
            byte[] tail = new byte[(int) (log.length() - from)];
            log.readFully(tail);
            return new String(tail, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }
}
