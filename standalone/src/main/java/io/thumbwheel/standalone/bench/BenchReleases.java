package io.thumbwheel.standalone.bench;

import io.thumbwheel.standalone.platform.CannotRunException;
import io.thumbwheel.standalone.platform.PlatformConfig;
import io.thumbwheel.standalone.platform.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// The releases that serving is measured with. Making one of 135M parameters takes a minute, so
/// they are kept below `target/bench`.
///
/// @param config says where the project is
/// @param progress told what is going on
record BenchReleases(PlatformConfig config, Progress progress) {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /// Folders of releases of a shape, r0 first.
    ///
    /// @param count how many
    List<Path> of(Shape shape, int count)
            throws CannotRunException, IOException, InterruptedException {
        Path store = folder().resolve(shape.name().toLowerCase(Locale.ROOT) + "-releases");
        for (int made = in(store).size(); made < count; made++) {
            progress.line("making release %d of the %s".formatted(made, shape.label()));
            Path checkpoint = Files.createTempDirectory(folder(), "checkpoint-");
            List<String> make = new ArrayList<>(List.of("random-policy", "--to"));
            make.addAll(List.of(checkpoint.toString(), "--seed", String.valueOf(made + 1)));
            make.addAll(shape.options());
            try {
                trainer(make);
                take(checkpoint, store, made == 0 ? List.of() : List.of("--beside"));
            } finally {
                delete(checkpoint);
            }
        }
        return in(store).subList(0, count);
    }

    /// The folder of a release of the seed policy, in fp32.
    Path seedPolicy() throws CannotRunException, IOException, InterruptedException {
        Path store = folder().resolve("seed-policy-release");
        if (in(store).isEmpty()) {
            progress.line("making a release of the seed policy");
            Path policy = config.home().resolve("standalone/seed-policy");
            take(policy, store, List.of("--quantise", "none"));
        }
        return in(store).getFirst();
    }

    private void take(Path checkpoint, Path store, List<String> options)
            throws CannotRunException, IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("import", checkpoint.toString()));
        command.addAll(List.of("--releases", store.toString()));
        command.addAll(options);
        trainer(command);
    }

    private void trainer(List<String> arguments)
            throws CannotRunException, IOException, InterruptedException {
        ProcessBuilder command = config.trainer(arguments.toArray(String[]::new));
        BenchProcess.run("trainer " + arguments.getFirst(), command, log(), PATIENCE, 0);
    }

    private static List<Path> in(Path store) throws IOException {
        if (!Files.isDirectory(store)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(store)) {
            return folders.filter(folder -> name(folder).matches("r\\d+-[0-9a-f]{8}"))
                    .sorted(Comparator.comparing(BenchReleases::number))
                    .toList();
        }
    }

    private static int number(Path release) {
        return Integer.parseInt(name(release).substring(1, name(release).indexOf('-')));
    }

    private static String name(Path folder) {
        return String.valueOf(folder.getFileName());
    }

    /// Puts releases into a store: by links where the disk is the same one, or copied.
    static void link(List<Path> releases, Path store) throws IOException {
        for (Path release : releases) {
            Path to = Files.createDirectories(store.resolve(name(release)));
            try (Stream<Path> files = Files.list(release)) {
                for (Path file : files.toList()) {
                    link(file, to.resolve(name(file)));
                }
            }
        }
    }

    private static void link(Path file, Path to) throws IOException {
        try {
            Files.createLink(to, file);
        } catch (UnsupportedOperationException | IOException e) {
            Files.copy(file, to);
        }
    }

    /// Deletes a folder and what is in it.
    static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where releases, libraries and the log are.
    Path folder() throws IOException {
        return Files.createDirectories(config.home().resolve("target/bench"));
    }

    /// What the processes that are run here say.
    Path log() throws IOException {
        return folder().resolve("bench.log");
    }
}
