package io.thumbwheel.trainer.checkpoint;

import io.thumbwheel.schemas.artifact.AtomicFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A folder of checkpoints, of which the newest two are kept and the link `latest` names the
/// newest. A checkpoint is there whole or not at all: it is written beside, forced to the disk,
/// renamed. One writer at a time.
public final class Checkpoints {
    private static final String LATEST = "latest";
    private static final String PREFIX = "checkpoint-";
    private static final int KEPT = 2;

    private final Path root;

    public Checkpoints(Path root) throws IOException {
        this.root = Files.createDirectories(root);
    }

    /// Fills the folder it is given.
    public interface Content {
        void writeTo(Path folder) throws IOException;
    }

    /// The newest whole checkpoint.
    public Optional<Path> latest() {
        Path link = root.resolve(LATEST);
        return Files.isDirectory(link) ? Optional.of(link) : Optional.empty();
    }

    /// Writes a checkpoint and makes it the latest.
    ///
    /// @param position grows from one checkpoint to the next
    public void write(long position, Content content) throws IOException {
        String name = PREFIX + "%012d".formatted(position);
        Path aside = root.resolve(name + ".part");
        delete(aside);
        Files.createDirectories(aside);
        content.writeTo(aside);
        sync(aside);
        Path whole = root.resolve(name);
        delete(whole);
        Files.move(aside, whole, StandardCopyOption.ATOMIC_MOVE);
        Path link = root.resolve(LATEST + ".part");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of(name));
        Files.move(link, root.resolve(LATEST), StandardCopyOption.ATOMIC_MOVE);
        AtomicFile.syncFolder(root);
        deleteOld();
    }

    private void deleteOld() throws IOException {
        List<Path> old;
        try (Stream<Path> entries = Files.list(root)) {
            old =
                    entries.filter(entry -> entry.getFileName().toString().startsWith(PREFIX))
                            .sorted(Comparator.reverseOrder())
                            .skip(KEPT)
                            .toList();
        }
        for (Path checkpoint : old) {
            delete(checkpoint);
        }
    }

    private static void sync(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> entries = Files.list(folder)) {
            files = entries.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
        AtomicFile.syncFolder(folder);
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> entries;
        try (Stream<Path> walk = Files.walk(folder)) {
            entries = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path entry : entries) {
            Files.delete(entry);
        }
    }
}
