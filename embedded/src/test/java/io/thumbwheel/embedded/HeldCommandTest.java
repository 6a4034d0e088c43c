package io.thumbwheel.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldCommandTest {
    @TempDir Path folder;

    @Test
    void theEndOfThePipeIsASigtermAndNobodyIsLeft() throws Exception {
        Path pid = folder.resolve("pid");
        Process process =
                start(60, "trap 'exit 7' TERM; echo $$ > %s; while :; do sleep 0.1; done", pid);
        await().until(() -> Files.exists(pid) && Files.size(pid) > 1);
        List<ProcessHandle> children = process.children().toList();
        assertThat(children).hasSize(2);

        process.getOutputStream().close();

        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(7);
        assertThat(children).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void whatTakesNoNoticeIsKilled() throws Exception {
        Path pid = folder.resolve("pid");
        Process process = start(1, "trap '' TERM; echo $$ > %s; while :; do sleep 0.1; done", pid);
        await().until(() -> Files.exists(pid) && Files.size(pid) > 1);
        long number = Long.parseLong(Files.readString(pid).strip());

        process.getOutputStream().close();

        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 9);
        await().atMost(Duration.ofSeconds(5))
                .until(() -> ProcessHandle.of(number).map(p -> !p.isAlive()).orElse(true));
    }

    private static Process start(int grace, String script, Path pid) throws Exception {
        return new ProcessBuilder(HeldCommand.of(grace, "sh", "-c", script.formatted(pid))).start();
    }
}
