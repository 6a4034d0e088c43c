package io.thumbwheel.serving;

import io.thumbwheel.schemas.artifact.ReleaseManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/// Release folders made from the tiny releases of the test resources.
public final class ReleaseFolders {
    /// The id of `tiny-release`.
    public static final String FIRST = "r0-6320f0ed";

    /// The id of `tiny-release-next`: the same shape, other weights.
    public static final String NEXT = "r1-a1268327";

    private static final Path RESOURCES = Path.of("src/test/resources");

    private ReleaseFolders() {}

    /// Copies a tiny release into a store, under its own id.
    public static Path copy(String resource, Path store) throws IOException {
        Path from = RESOURCES.resolve(resource);
        return copy(from, store.resolve(ReleaseManifest.read(from).id()));
    }

    /// Copies the second tiny release into a store, under another id.
    public static Path copyAs(String id, Path store) throws IOException {
        Path folder = copy(RESOURCES.resolve("tiny-release-next"), store.resolve(id));
        ReleaseManifest old = ReleaseManifest.read(folder);
        ReleaseManifest renamed =
                new ReleaseManifest(
                        old.schema(),
                        id,
                        old.parent(),
                        old.createdAt(),
                        old.lineage(),
                        old.scores(),
                        old.klToReference(),
                        old.parity(),
                        old.quantised(),
                        old.selfTest(),
                        old.files());
        Files.write(folder.resolve(ReleaseManifest.FILE), renamed.toJson());
        return folder;
    }

    /// Flips one bit in the middle of a file.
    public static void damage(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    private static Path copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        List<Path> files;
        try (Stream<Path> all = Files.list(from)) {
            files = all.toList();
        }
        for (Path file : files) {
            Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
        return to;
    }
}
