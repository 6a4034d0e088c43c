package io.thumbwheel.standalone.bench;

import io.thumbwheel.standalone.platform.CannotRunException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// A process that a benchmark runs to its end.
final class BenchProcess {
    private BenchProcess() {}

    /// Runs a command; a process that takes too long is ended.
    ///
    /// @param what it does, for the message
    /// @param log gets what it says
    /// @param fine exit codes that are no failure
    /// @throws CannotRunException where it fails or does not end within `limit`
    static void run(String what, ProcessBuilder command, Path log, Duration limit, int... fine)
            throws CannotRunException, IOException, InterruptedException {
        Process process =
                command.redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        try {
            boolean ended = process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
            if (!ended || Arrays.stream(fine).noneMatch(code -> code == process.exitValue())) {
                throw new CannotRunException(
                        "%s %s, see the end of %s"
                                .formatted(
                                        what,
                                        ended
                                                ? "ended with " + process.exitValue()
                                                : "took more than " + limit.toSeconds() + " s",
                                        log));
            }
        } finally {
            process.destroyForcibly();
        }
    }
}
