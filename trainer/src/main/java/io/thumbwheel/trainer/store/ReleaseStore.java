package io.thumbwheel.trainer.store;

import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// The folder of releases, seen by who writes it. A release is immutable: it is made in a side
/// folder, forced to disk, and appears under its id by one rename, manifest included. A crash
/// before the rename leaves a side folder that the next [#open] removes.
public final class ReleaseStore {
    /// What no release is without.
    private static final List<String> REQUIRED =
            List.of(
                    "config.json",
                    "generation_config.json",
                    "tokenizer.json",
                    "tokenizer_config.json",
                    "model.safetensors",
                    "model.onnx");

    /// Side folders name their process: one of a living process is not a leftover.
    private static final Pattern SIDE_FOLDER = Pattern.compile("\\.draft-(\\d+)-.*");

    private static final Pattern RELEASE_FOLDER = Pattern.compile("r(\\d+)-[0-9a-f]{8}");
    private static final Logger LOG = Logger.getLogger(ReleaseStore.class);

    private final Path root;
    private final Clock clock;

    private ReleaseStore(Path root, Clock clock) {
        this.root = root;
        this.clock = clock;
    }

    /// Opens a store, making its folder where there is none and removing what a crash left.
    public static ReleaseStore open(Path root, Clock clock) throws IOException {
        Files.createDirectories(root);
        ReleaseStore store = new ReleaseStore(root, clock);
        store.removeLeftovers();
        return store;
    }

    /// Every release whose manifest can be read, oldest first.
    public List<ReleaseManifest> list() throws IOException {
        List<ReleaseManifest> releases = new ArrayList<>();
        for (Path folder : releaseFolders()) {
            try {
                releases.add(ReleaseManifest.read(folder));
            } catch (IOException e) {
                LOG.warnf(
                        "release %s has no readable manifest (%s); it is left out: remove the"
                                + " folder if nothing serves it",
                        folder.getFileName(), e.getMessage());
            }
        }
        releases.sort(Comparator.comparingInt(ReleaseManifest::sequence));
        return List.copyOf(releases);
    }

    /// The release with this id.
    public Optional<ReleaseManifest> find(String id) throws IOException {
        return list().stream().filter(release -> release.id().equals(id)).findFirst();
    }

    /// The reference of every refresh: the oldest release, r0.
    public Optional<ReleaseManifest> reference() throws IOException {
        return list().stream().filter(release -> release.sequence() == 0).findFirst();
    }

    /// The release that a run published, if it did.
    public Optional<ReleaseManifest> ofRun(String run) throws IOException {
        return list().stream()
                .filter(release -> run.equals(release.lineage().get(Lineage.RUN)))
                .findFirst();
    }

    /// The folder of a release.
    public Path folder(String id) {
        if (!RELEASE_FOLDER.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "a release id looks like r7-0123abcd, got '" + id + "'");
        }
        return root.resolve(id);
    }

    /// An empty side folder to make a release in.
    public Path draft() throws IOException {
        Path draft = root.resolve(".draft-" + ProcessHandle.current().pid() + "-" + newName());
        return Files.createDirectory(draft);
    }

    /// Turns a side folder into the next release: numbers it, digests every file, writes the
    /// manifest last, renames.
    ///
    /// @throws IllegalArgumentException where a file is missing that every release has
    public ReleaseManifest publish(Path draft, Explanation why) throws IOException {
        List<String> missing =
                REQUIRED.stream().filter(name -> !Files.exists(draft.resolve(name))).toList();
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(
                    "a release needs " + String.join(", ", missing) + "; nothing was published");
        }
        SortedMap<String, ReleaseManifest.FileDigest> files = new TreeMap<>();
        for (Path file : DurableFiles.filesOf(draft)) {
            files.put(file.getFileName().toString(), ReleaseManifest.FileDigest.of(file));
        }
        try (FileChannel lockFile =
                        FileChannel.open(
                                root.resolve(".lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                FileLock _ = lockFile.lock()) {
            String id = idOf(nextSequence(), files);
            ReleaseManifest manifest =
                    new ReleaseManifest(
                            1,
                            id,
                            why.parent(),
                            clock.instant().truncatedTo(ChronoUnit.MILLIS),
                            why.lineage(),
                            why.scores(),
                            why.klToReference(),
                            why.parity(),
                            why.quantised(),
                            why.selfTest(),
                            files);
            Files.write(draft.resolve(ReleaseManifest.FILE), manifest.toJson());
            DurableFiles.forceFolder(draft);
            DurableFiles.rename(draft, root.resolve(id));
            return manifest;
        }
    }

    private static String idOf(int sequence, SortedMap<String, ReleaseManifest.FileDigest> files) {
        ReleaseManifest.FileDigest weights = files.get("model.safetensors");
        if (weights == null) {
            throw new IllegalStateException("checked above: model.safetensors is there");
        }
        return "r" + sequence + "-" + weights.sha256().substring(0, 8);
    }

    private int nextSequence() throws IOException {
        return releaseFolders().stream()
                        .mapToInt(folder -> {
                            String name = folder.getFileName().toString();
                            return Integer.parseInt(name.substring(1, name.indexOf('-')));
                        })
                        .max()
                        .orElse(-1)
                + 1;
    }

    private List<Path> releaseFolders() throws IOException {
        try (Stream<Path> folders = Files.list(root)) {
            return folders.filter(folder ->
                            RELEASE_FOLDER.matcher(folder.getFileName().toString()).matches())
                    .toList();
        }
    }

    private void removeLeftovers() throws IOException {
        List<Path> all;
        try (Stream<Path> folders = Files.list(root)) {
            all = folders.toList();
        }
        for (Path folder : all) {
            Matcher side = SIDE_FOLDER.matcher(folder.getFileName().toString());
            if (side.matches() && !belongsToAnother(Long.parseLong(side.group(1)))) {
                LOG.infof(
                        "removing %s: a release that was being made when its process ended",
                        folder);
                DurableFiles.deleteFolder(folder);
            }
        }
    }

    private static boolean belongsToAnother(long pid) {
        return pid != ProcessHandle.current().pid() && ProcessHandle.of(pid).isPresent();
    }

    private static String newName() {
        return UUID.randomUUID().toString().substring(0, 8);
    }

    /// What the manifest says beside the files.
    ///
    /// @param parent release that the refresh started from; null for an import
    /// @param lineage where it comes from, by the keys of [Lineage]
    /// @param scores gate scores
    /// @param klToReference nats per answer; 0 for r0
    /// @param parity how far the fp32 graph is from the trainer's forward pass
    /// @param quantised the other graphs, likewise
    /// @param selfTest answers that a replica must reproduce
    public record Explanation(
            @Nullable String parent,
            SortedMap<String, String> lineage,
            SortedMap<String, Double> scores,
            double klToReference,
            ReleaseManifest.Parity parity,
            SortedMap<Precision, ReleaseManifest.Quantised> quantised,
            List<ReleaseManifest.SelfTest> selfTest) {
        public Explanation {
            lineage = new TreeMap<>(lineage);
            scores = new TreeMap<>(scores);
            quantised = new TreeMap<>(quantised);
            selfTest = List.copyOf(selfTest);
        }
    }
}
