package io.thumbwheel.standalone.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildIT {
    @TempDir Path folder;

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<String> givenUp = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stopTheClock() {
        clock.shutdownNow();
    }

    @Test
    void aKilledChildStartsAgainAndAReleasedOneDoesNot() throws Exception {
        Child child = child("echo up >> starts; cat > /dev/null", folder.resolve("starts"));
        child.start();
        child.awaitReady(Duration.ofSeconds(10));
        long first = child.pid();

        ProcessHandle.of(first).orElseThrow().destroyForcibly();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> child.pid() != 0 && child.pid() != first);
        child.release();
        child.awaitEnd(Duration.ofSeconds(10));

        assertThat(child.pid()).isZero();
        assertThat(lines).hasSize(1).first().asString().contains("toy ended with code 137");
        assertThat(givenUp).isEmpty();
    }

    @Test
    void theFifthEndWithinAMinuteIsGivenUpOn() throws Exception {
        Child child = child("touch up; sleep 0.1; echo broken; exit 4", folder.resolve("up"));
        child.start();
        child.awaitReady(Duration.ofSeconds(10));

        await().atMost(Duration.ofSeconds(30)).until(() -> !givenUp.isEmpty());

        assertThat(lines).hasSize(Child.TOO_MANY - 1);
        assertThat(givenUp.getFirst()).contains("toy ended 5 times").contains("code 4", "broken");
    }

    @Test
    void aChildThatEndsBeforeItIsReadySaysWhy() throws Exception {
        Child child = child("echo no such disk; exit 1", folder.resolve("never"));
        child.start();

        assertThatThrownBy(() -> child.awaitReady(Duration.ofSeconds(10)))
                .isInstanceOf(CannotRunException.class)
                .hasMessageContaining("toy did not start")
                .hasMessageContaining("no such disk");
    }

    @Test
    void aChildThatDoesNotStopIsKilled() throws Exception {
        Child child = child("touch up; sleep 600", folder.resolve("up"));
        child.start();
        child.awaitReady(Duration.ofSeconds(10));

        child.release();
        child.awaitEnd(Duration.ofMillis(300));

        assertThat(child.pid()).isZero();
        assertThat(lines).singleElement().asString().contains("did not stop");
    }

    private Child child(String script, Path readyFile) {
        return new Child(
                new Child.Plan(
                        "toy",
                        List.of("sh", "-c", "cd '" + folder + "'; " + script),
                        Map.of(),
                        folder.resolve("toy.log"),
                        () -> Files.exists(readyFile)),
                clock,
                lines::add,
                givenUp::add);
    }
}
