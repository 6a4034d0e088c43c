package io.thumbwheel.standalone.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.standalone.platform.CannotRunException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchProcessTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir Path folder;

    private Path log() {
        return folder.resolve("log");
    }

    private static ProcessBuilder shell(String command) {
        return new ProcessBuilder("sh", "-c", command);
    }

    @Test
    void whatItSaysIsInTheLog() throws Exception {
        BenchProcess.run("a test", shell("echo out; echo err >&2"), log(), LONG, 0);

        assertThat(Files.readAllLines(log())).containsExactly("out", "err");
    }

    @Test
    void anExitCodeThatIsNotFineIsAFailure() throws Exception {
        BenchProcess.run("a test", shell("exit 1"), log(), LONG, 0, 1);

        assertThatThrownBy(() -> BenchProcess.run("a test", shell("exit 3"), log(), LONG, 0, 1))
                .isInstanceOf(CannotRunException.class)
                .hasMessage("a test ended with 3, see the end of " + log());
    }

    @Test
    void whatTakesTooLongIsEnded() {
        ProcessBuilder endless = shell("exec tail -f /dev/null");

        assertThatThrownBy(
                        () -> BenchProcess.run("a test", endless, log(), Duration.ofSeconds(1), 0))
                .isInstanceOf(CannotRunException.class)
                .hasMessageStartingWith("a test took more than 1 s");
    }
}
