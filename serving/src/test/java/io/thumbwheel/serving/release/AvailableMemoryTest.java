package io.thumbwheel.serving.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AvailableMemoryTest {
    @TempDir Path root;

    private void file(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void theHostSaysWhatItCanGive() throws IOException {
        file("proc/meminfo", "MemTotal:       100 kB\nMemAvailable:      70 kB\n");

        assertThat(new AvailableMemory(root).bytes()).hasValue(70 * 1024);
    }

    @Test
    void aContainersLimitCountsWhereItIsTighter() throws IOException {
        file("proc/meminfo", "MemAvailable:      70 kB\n");
        file("sys/fs/cgroup/memory.max", "60000\n");
        file("sys/fs/cgroup/memory.current", "50000\n");
        file("sys/fs/cgroup/memory.stat", "anon 20000\ninactive_file 7000\n");

        assertThat(new AvailableMemory(root).bytes()).hasValue(17_000);
    }

    @Test
    void aContainerWithoutALimitHasTheHosts() throws IOException {
        file("proc/meminfo", "MemAvailable:      70 kB\n");
        file("sys/fs/cgroup/memory.max", "max\n");
        file("sys/fs/cgroup/memory.current", "50000\n");

        assertThat(new AvailableMemory(root).bytes()).hasValue(70 * 1024);
    }

    @Test
    void theOlderControlGroupsAreReadAsWell() throws IOException {
        file("sys/fs/cgroup/memory/memory.limit_in_bytes", "60000\n");
        file("sys/fs/cgroup/memory/memory.usage_in_bytes", "50000\n");
        file("sys/fs/cgroup/memory/memory.stat", "total_inactive_file 1000\n");

        assertThat(new AvailableMemory(root).bytes()).hasValue(11_000);
    }

    @Test
    void whereNothingIsSaidNothingIsKnown() {
        assertThat(new AvailableMemory(root).bytes()).isEmpty();
    }
}
