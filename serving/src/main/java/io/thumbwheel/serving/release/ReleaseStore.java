package io.thumbwheel.serving.release;

import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.schemas.artifact.ReleaseManifest.FileDigest;
import io.thumbwheel.serving.ServingConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The release store as serving reads it: one immutable folder per release.
@Singleton
public final class ReleaseStore {
    private static final Pattern ID = Pattern.compile("r\\d{1,9}-[0-9a-f]{8}");

    private final Path root;
    private final KnownDigests digests;

    @Inject
    ReleaseStore(ServingConfig config, KnownDigests digests) {
        this(config.releases(), digests);
    }

    ReleaseStore(Path root, KnownDigests digests) {
        this.root = root;
        this.digests = digests;
    }

    /// Whether it has the release; says nothing about whether it is whole.
    public boolean contains(String id) {
        return ID.matcher(id).matches() && Files.isRegularFile(manifestOf(id));
    }

    /// All releases, the oldest first.
    public List<String> ids() {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(root)) {
            return folders.map(folder -> folder.getFileName().toString())
                    .filter(this::contains)
                    .sorted(Comparator.comparingInt(ReleaseStore::sequence))
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "cannot list the release store %s (serving.releases, THUMBWHEEL_RELEASES)"
                            .formatted(root),
                    e);
        }
    }

    /// When a release was published; the epoch where its manifest does not say.
    public Instant createdAt(String id) {
        try {
            return ReleaseManifest.read(folder(id)).createdAt();
        } catch (IOException e) {
            return Instant.EPOCH;
        }
    }

    /// The release that everything started from.
    Optional<String> first() {
        return ids().stream().filter(id -> sequence(id) == 0).findFirst();
    }

    /// The releases that a release was made from, its parent first, as far as manifests can be
    /// read; then the first release.
    List<String> ancestors(String id) {
        Set<String> ancestors = new LinkedHashSet<>();
        String child = id;
        while (child != null) {
            try {
                child = ReleaseManifest.read(folder(child)).parent();
            } catch (IOException e) {
                break;
            }
            if (child == null || child.equals(id) || !ancestors.add(child)) {
                break;
            }
        }
        first().filter(one -> !one.equals(id)).ifPresent(ancestors::add);
        return List.copyOf(ancestors);
    }

    Path folder(String id) {
        return root.resolve(id);
    }

    /// The manifest of a release that arrived whole: every file that it names is there with its
    /// size and digest.
    ///
    /// @throws ReleaseRefusedException where one is not; names it
    ReleaseManifest verify(String id) throws ReleaseRefusedException {
        if (!contains(id)) {
            throw new ReleaseRefusedException(
                    "release %s is not in the store %s".formatted(id, root));
        }
        ReleaseManifest manifest;
        try {
            manifest = ReleaseManifest.read(folder(id));
        } catch (IOException e) {
            throw new ReleaseRefusedException(
                    "the manifest of release %s cannot be read: %s".formatted(id, e.getMessage()),
                    e);
        }
        if (!manifest.id().equals(id)) {
            throw new ReleaseRefusedException(
                    "folder %s holds the manifest of release %s".formatted(id, manifest.id()));
        }
        for (Map.Entry<String, FileDigest> file : manifest.files().entrySet()) {
            verify(id, file.getKey(), file.getValue());
        }
        return manifest;
    }

    private void verify(String id, String name, FileDigest expected)
            throws ReleaseRefusedException {
        Path folder = folder(id).toAbsolutePath().normalize();
        Path file = folder.resolve(name).normalize();
        if (!file.startsWith(folder)) {
            throw new ReleaseRefusedException(
                    "release %s names a file outside of its folder: %s".formatted(id, name));
        }
        try {
            FileDigest found = digests.of(file);
            if (!found.equals(expected)) {
                throw new ReleaseRefusedException(
                        "%s of release %s is damaged: sha256 %s and %d bytes, the manifest says %s and %d"
                                .formatted(
                                        name,
                                        id,
                                        found.sha256(),
                                        found.bytes(),
                                        expected.sha256(),
                                        expected.bytes()));
            }
        } catch (IOException e) {
            throw new ReleaseRefusedException(
                    "%s of release %s cannot be read: %s".formatted(name, id, e.getMessage()), e);
        }
    }

    private Path manifestOf(String id) {
        return folder(id).resolve(ReleaseManifest.FILE);
    }

    private static int sequence(String id) {
        return Integer.parseInt(id.substring(1, id.indexOf('-')));
    }
}
