package io.thumbwheel.trainer.run;

import io.thumbwheel.schemas.artifact.AtomicFile;
import io.thumbwheel.trainer.store.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The reward models that outlive the checkpoints of their runs, for later ones to be measured
/// beside: at most that of the last promoted release, that of the one which serves, and the newest.
///
/// ```
/// run-.../     a reward model, whole
/// promoted     the run whose release was promoted last
/// ```
public final class KeptCoaches {
    private static final String PROMOTED = "promoted";

    private final Path root;

    private KeptCoaches(Path root) {
        this.root = root;
    }

    /// Opens the folder, making it where there is none.
    public static KeptCoaches open(Path root) throws IOException {
        Files.createDirectories(root);
        return new KeptCoaches(root);
    }

    /// The run whose reward model a new one is measured beside: that of the serving release, which
    /// an operator may have promoted, or else that of the release promoted last.
    ///
    /// @param serving the run that made the serving release; empty for an import
    Optional<String> earlier(Optional<String> serving) throws IOException {
        Optional<String> promoted = promoted();
        return serving.filter(this::kept).or(() -> promoted.filter(this::kept));
    }

    /// Where a run's reward model lies.
    Path folder(String run) {
        return root.resolve(run);
    }

    /// Keeps a run's reward model, and of the others those that [#earlier] may still name.
    void keep(String run, Path coach, Optional<String> serving) throws IOException {
        Optional<String> promoted = promoted();
        for (Path other : folders()) {
            String name = other.getFileName().toString();
            if (!List.of(run, serving.orElse(run), promoted.orElse(run)).contains(name)) {
                DurableFiles.deleteFolder(other);
            }
        }
        if (kept(run)) {
            return;
        }
        Path aside = root.resolve(run + ".part");
        try (Stream<Path> all = Files.walk(coach)) {
            for (Path one : all.toList()) {
                Files.copy(one, aside.resolve(coach.relativize(one).toString()));
            }
        }
        DurableFiles.forceFolder(aside);
        DurableFiles.rename(aside, folder(run));
    }

    /// The run's release was promoted.
    void promoted(String run) throws IOException {
        if (kept(run)) {
            AtomicFile.write(root.resolve(PROMOTED), run.getBytes(StandardCharsets.UTF_8));
        }
    }

    private Optional<String> promoted() throws IOException {
        Path file = root.resolve(PROMOTED);
        return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
    }

    private boolean kept(String run) {
        return Files.isDirectory(folder(run));
    }

    private List<Path> folders() throws IOException {
        try (Stream<Path> all = Files.list(root)) {
            return all.filter(Files::isDirectory).toList();
        }
    }
}
