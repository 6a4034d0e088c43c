package io.thumbwheel.serving.release;

import io.thumbwheel.schemas.artifact.ReleaseManifest.FileDigest;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/// Digests of files, each read once: as Git's index does, it takes a file for unchanged while its
/// inode, size and times are. So what was loaded before loads again without being read twice, which
/// is most of the time of a rollback to a large release.
@Singleton
class KnownDigests {
    /// Some hundred releases.
    private static final int MOST = 4_096;

    /// A file that changed less long ago may change once more at the same time of its clock.
    private static final Duration REST = Duration.ofSeconds(2);

    private final Clock clock;

    /// Guarded by this; the one asked for longest ago first.
    private final Map<Path, Known> known = new LinkedHashMap<>(16, 0.75f, true);

    @Inject
    KnownDigests(Clock clock) {
        this.clock = clock;
    }

    private record Known(FileDigest digest, Map<String, Object> status) {}

    /// The digest of a file as it is on disk.
    synchronized FileDigest of(Path file) throws IOException {
        Map<String, Object> status = // before it is read: what changes meanwhile shows later
                Files.readAttributes(file, "unix:ino,size,lastModifiedTime,ctime");
        Known before = known.get(file);
        if (before != null && before.status().equals(status)) {
            return before.digest();
        }
        FileDigest digest = read(file);
        FileTime changed = (FileTime) Objects.requireNonNull(status.get("ctime"));
        if (changed.toInstant().isBefore(clock.instant().minus(REST))) {
            known.put(file, new Known(digest, status));
        }
        if (known.size() > MOST) {
            known.remove(known.keySet().iterator().next());
        }
        return digest;
    }

    /// Reads all of it.
    FileDigest read(Path file) throws IOException {
        return FileDigest.of(file);
    }
}
