package io.thumbwheel.standalone.platform;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The folder that holds all state of a platform, for its owner alone (0700), and for one
/// supervisor at a time: file `lock` says which by pid and start time, and is locked while it runs.
final class DataFolder implements AutoCloseable {
    private final Path path;
    private final FileChannel lock;
    private final boolean killedBefore;

    private DataFolder(Path path, FileChannel lock, boolean killedBefore) {
        this.path = path;
        this.lock = lock;
        this.killedBefore = killedBefore;
    }

    /// Takes the folder, made where it is missing.
    ///
    /// @throws CannotRunException where another supervisor has it or it cannot be written
    static DataFolder open(Path path) throws CannotRunException {
        try {
            Files.createDirectories(path);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            return lock(path.toRealPath());
        } catch (IOException e) {
            throw new CannotRunException(
                    "cannot use %s as the data folder (%s): give a folder that you may write with --data DIR"
                            .formatted(path, e),
                    e);
        }
    }

    private static DataFolder lock(Path path) throws IOException, CannotRunException {
        Path file = path.resolve("lock");
        FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        String holder = Files.readString(file).strip();
        if (!taken(channel)) {
            channel.close();
            throw new CannotRunException(
                    "%s is in use by %s: stop it first, or give another folder with --data DIR"
                            .formatted(path, holder.isEmpty() ? "another process" : holder));
        }
        ProcessHandle self = ProcessHandle.current();
        Instant started = self.info().startInstant().orElse(Instant.EPOCH);
        String line = "pid %d, started %s%n".formatted(self.pid(), started);
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)), 0);
        return new DataFolder(path, channel, !holder.isEmpty());
    }

    private static boolean taken(FileChannel channel) throws IOException {
        try {
            @Nullable FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /// The folder itself.
    Path path() {
        return path;
    }

    /// A folder in it, made where missing.
    Path folder(String name) throws CannotRunException {
        Path folder = path.resolve(name);
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new CannotRunException(
                    "cannot make %s (%s): move it away or give another folder with --data DIR"
                            .formatted(folder, e),
                    e);
        }
    }

    /// Whether the last supervisor on it was killed, so that its children may still be stopping.
    boolean killedBefore() {
        return killedBefore;
    }

    /// Writes a file for its owner alone (0600): aside, flushed, renamed.
    static void writeSecret(Path file, byte[] content) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(aside);
        Files.createFile(
                aside,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Gives the folder back; an empty lock file says that nothing of the platform runs any more.
    @Override
    public void close() {
        try (lock) {
            lock.truncate(0);
        } catch (IOException e) {
            // The system lets go of the lock when the process ends.
        }
    }
}
