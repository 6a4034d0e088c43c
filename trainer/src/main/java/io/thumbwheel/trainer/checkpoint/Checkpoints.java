package io.thumbwheel.trainer.checkpoint;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.artifact.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;

/// A folder of checkpoints, of which the newest two are kept and the link `latest` names the
/// newest. A checkpoint is there whole or not at all: it is written beside, forced to the disk,
/// renamed. Its `files.json` says what it holds, so that one which a disk has damaged since is
/// passed over for the one before. One writer at a time.
public final class Checkpoints {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String LATEST = "latest";
    private static final String PREFIX = "checkpoint-";
    private static final String ASIDE = ".part";
    private static final String CONTENTS = "files.json";
    private static final int KEPT = 2;

    private final Path root;

    public Checkpoints(Path root) throws IOException {
        this.root = Files.createDirectories(root);
    }

    /// Fills the folder it is given.
    @FunctionalInterface
    public interface Content {
        void writeTo(Path folder) throws IOException;
    }

    /// What a checkpoint says of its files, by path.
    private record Contents(SortedMap<String, Digest> files) {}

    private record Digest(long bytes, long crc32c) {}

    /// The newest whole checkpoint; none where there are no checkpoints at all.
    ///
    /// @param complaints hears of those that are passed over
    /// @throws IOException where there are checkpoints and none of them is whole
    public Optional<Path> newest(Consumer<String> complaints) throws IOException {
        List<Path> all = newestFirst();
        for (Path checkpoint : all) {
            Optional<String> damage = damage(checkpoint);
            if (damage.isEmpty()) {
                return Optional.of(checkpoint);
            }
            complaints.accept("%s is torn: %s".formatted(checkpoint, damage.get()));
        }
        if (!all.isEmpty()) {
            throw new IOException(
                    "none of the %d checkpoints in %s is whole: delete the folder and begin anew"
                            .formatted(all.size(), root));
        }
        return Optional.empty();
    }

    /// Writes a checkpoint and makes it the latest; where that fails, what was there stays.
    ///
    /// @param position grows from one checkpoint to the next
    public void write(long position, Content content) throws IOException {
        String name = PREFIX + "%012d".formatted(position);
        Path aside = root.resolve(name + ASIDE);
        delete(aside);
        Files.createDirectories(aside);
        try {
            content.writeTo(aside);
            byte[] contents = JSON.writeValueAsBytes(contents(aside));
            AtomicFile.write(aside.resolve(CONTENTS), contents);
            sync(aside);
        } catch (IOException | RuntimeException failed) {
            delete(aside);
            throw failed;
        }
        Path whole = root.resolve(name);
        delete(whole);
        Files.move(aside, whole, StandardCopyOption.ATOMIC_MOVE);
        Path link = root.resolve(LATEST + ASIDE);
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of(name));
        Files.move(link, root.resolve(LATEST), StandardCopyOption.ATOMIC_MOVE);
        AtomicFile.syncFolder(root);
        deleteOld();
    }

    /// Writes the counters of a training, a record, into the checkpoint that is being made.
    public static void writeState(Path file, Object state) throws IOException {
        AtomicFile.write(file, JSON.writeValueAsBytes(state));
    }

    /// Reads what [#writeState] wrote.
    public static <T> T readState(Path file, Class<T> type) throws IOException {
        return JSON.readValue(Files.readAllBytes(file), type);
    }

    private List<Path> newestFirst() throws IOException {
        try (Stream<Path> entries = Files.list(root)) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith(PREFIX))
                    .filter(entry -> !isAside(entry))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
    }

    private static boolean isAside(Path entry) {
        return entry.toString().endsWith(ASIDE);
    }

    private static Optional<String> damage(Path checkpoint) throws IOException {
        Path list = checkpoint.resolve(CONTENTS);
        if (!Files.isRegularFile(list)) {
            return Optional.of(CONTENTS + " is missing");
        }
        Contents written;
        try {
            written = JSON.readValue(Files.readAllBytes(list), Contents.class);
        } catch (JacksonException unreadable) {
            return Optional.of(CONTENTS + " cannot be read");
        }
        SortedMap<String, Digest> found = contents(checkpoint).files();
        return written.files().entrySet().stream()
                .filter(file -> !file.getValue().equals(found.get(file.getKey())))
                .map(file ->
                        found.containsKey(file.getKey())
                                ? file.getKey() + " is not what was written"
                                : file.getKey() + " is missing")
                .findFirst();
    }

    private static Contents contents(Path folder) throws IOException {
        SortedMap<String, Digest> files = new TreeMap<>();
        for (Path file : inside(folder)) {
            String name = folder.relativize(file).toString();
            if (Files.isRegularFile(file) && !name.equals(CONTENTS)) {
                files.put(name, digest(file));
            }
        }
        return new Contents(files);
    }

    private static Digest digest(Path file) throws IOException {
        CRC32C sum = new CRC32C();
        byte[] buffer = new byte[1 << 20];
        long bytes = 0;
        try (InputStream in = new CheckedInputStream(Files.newInputStream(file), sum)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                bytes += read;
            }
        }
        return new Digest(bytes, sum.getValue());
    }

    private void deleteOld() throws IOException {
        for (Path checkpoint : newestFirst().stream().skip(KEPT).toList()) {
            delete(checkpoint);
        }
        List<Path> leftOver;
        try (Stream<Path> entries = Files.list(root)) {
            leftOver = entries.filter(Checkpoints::isAside).toList();
        }
        for (Path unfinished : leftOver) {
            delete(unfinished);
        }
    }

    private static void sync(Path folder) throws IOException {
        for (Path each : inside(folder)) {
            if (Files.isDirectory(each)) {
                AtomicFile.syncFolder(each);
                continue;
            }
            try (FileChannel channel = FileChannel.open(each, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        for (Path each : inside(folder)) {
            Files.delete(each);
        }
    }

    /// All files and folders in a folder, and itself as the last.
    private static List<Path> inside(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.sorted(Comparator.reverseOrder()).toList();
        }
    }
}
