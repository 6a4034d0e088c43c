package io.thumbwheel.serving.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/// What memory this process may still get on Linux: what the kernel thinks that it can give without
/// swapping (`MemAvailable`), and what the container's limit leaves, in version 2 or 1 of control
/// groups, the page cache that can be dropped not counted.
final class AvailableMemory {
    private final Path root;

    /// @param root under which /proc and /sys lie
    AvailableMemory(Path root) {
        this.root = root;
    }

    /// In bytes; empty where the system does not say.
    OptionalLong bytes() {
        OptionalLong host = field("proc/meminfo", "MemAvailable:");
        OptionalLong container = container();
        if (host.isEmpty() || container.isEmpty()) {
            return host.isPresent() ? host : container;
        }
        return OptionalLong.of(Math.min(host.getAsLong(), container.getAsLong()));
    }

    private OptionalLong container() {
        OptionalLong newer = left("sys/fs/cgroup", "memory.max", "memory.current", "inactive_file");
        return newer.isPresent()
                ? newer
                : left(
                        "sys/fs/cgroup/memory",
                        "memory.limit_in_bytes",
                        "memory.usage_in_bytes",
                        "total_inactive_file");
    }

    private OptionalLong left(String folder, String limit, String usage, String dropped) {
        OptionalLong most = number(lines(folder + "/" + limit));
        OptionalLong used = number(lines(folder + "/" + usage));
        if (most.isEmpty() || used.isEmpty()) {
            return OptionalLong.empty();
        }
        long cache = field(folder + "/memory.stat", dropped).orElse(0);
        return OptionalLong.of(Math.max(0, most.getAsLong() - used.getAsLong() + cache));
    }

    /// The number after a name; with the unit kB in bytes.
    private OptionalLong field(String file, String name) {
        for (String line : lines(file)) {
            String[] words = line.split("\\s+");
            if (words.length > 1 && words[0].equals(name)) {
                long unit = line.endsWith(" kB") ? 1024 : 1;
                return OptionalLong.of(Long.parseLong(words[1]) * unit);
            }
        }
        return OptionalLong.empty();
    }

    /// A file of one number; `max` is none.
    private static OptionalLong number(List<String> lines) {
        return lines.size() == 1 && lines.getFirst().matches("\\d{1,18}")
                ? OptionalLong.of(Long.parseLong(lines.getFirst()))
                : OptionalLong.empty();
    }

    private List<String> lines(String file) {
        try {
            return Files.readAllLines(root.resolve(file));
        } catch (IOException e) {
            return List.of();
        }
    }
}
