package io.thumbwheel.standalone.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.schemas.event.ApiKeys;
import io.thumbwheel.schemas.event.ApiKeys.Role;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparationTest {
    @TempDir Path folder;

    @Test
    void theDataFolderIsForItsOwnerAndForOneSupervisor() throws Exception {
        Path data = folder.resolve("data");

        try (DataFolder first = DataFolder.open(data)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                    .isEqualTo("rwx------");
            assertThat(first.killedBefore()).isFalse();
            assertThatThrownBy(() -> DataFolder.open(data))
                    .isInstanceOf(CannotRunException.class)
                    .hasMessageContaining("in use by pid " + ProcessHandle.current().pid())
                    .hasMessageContaining("--data DIR");
        }
        try (DataFolder second = DataFolder.open(data)) {
            assertThat(second.killedBefore()).isFalse();
        }
    }

    @Test
    void aLockThatWasNotClearedTellsOfAKill() throws Exception {
        Files.writeString(folder.resolve("lock"), "pid 1, started long ago");

        try (DataFolder data = DataFolder.open(folder)) {
            assertThat(data.killedBefore()).isTrue();
        }
    }

    @Test
    void theTrainerIsToldWhenToRefresh() {
        assertThat(PlatformConfig.Refreshing.ON_REQUEST.environment())
                .containsEntry("THUMBWHEEL_REFRESH_AFTER_COMPARISONS", "0")
                .containsEntry("THUMBWHEEL_REFRESH_EVERY", "");
        assertThat(new PlatformConfig.Refreshing(500, Duration.ofHours(1)).environment())
                .containsEntry("THUMBWHEEL_REFRESH_AFTER_COMPARISONS", "500")
                .containsEntry("THUMBWHEEL_REFRESH_EVERY", "PT1H");
        assertThatThrownBy(() -> new PlatformConfig.Refreshing(0, Duration.ofHours(-1)))
                .hasMessageContaining("--refresh-every");
    }

    @Test
    void aFileIsNoDataFolder() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");

        assertThatThrownBy(() -> DataFolder.open(file))
                .isInstanceOf(CannotRunException.class)
                .hasMessageContaining("--data DIR");
    }

    @Test
    void keysAreMadeOnceAndForTheOwnerAlone() throws Exception {
        Path file = folder.resolve("keys.json");

        ApiKeys made = Keys.readOrMake(file);
        ApiKeys read = Keys.readOrMake(file);

        assertThat(read).isEqualTo(made);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        ApiKeys.ApiKey chat = made.ofHeader("Bearer " + Keys.secret(made, "chat")).orElseThrow();
        assertThat(chat.may(Role.CHAT)).isTrue();
        assertThat(chat.may(Role.OPERATOR)).isFalse();
    }

    @Test
    void brokenKeysAreNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("keys.json"), "{\"signing\": 3");

        assertThatThrownBy(() -> Keys.readOrMake(file))
                .isInstanceOf(CannotRunException.class)
                .hasMessageContaining("keys.json is not a file of keys");
    }

    /// The first of the plan's ports: whoever holds those beside it does not matter.
    @Test
    void aTakenPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            PortPlan ports = new PortPlan(taken.getLocalPort());

            assertThatThrownBy(() -> ports.check(Duration.ZERO))
                    .isInstanceOf(CannotRunException.class)
                    .hasMessageContaining(
                            "port %d (serving) is taken".formatted(taken.getLocalPort()))
                    .hasMessageContaining("--port-base");
        }
    }
}
