package io.thumbwheel.standalone.bench;

import io.thumbwheel.standalone.bench.BenchReport.Ratio;
import io.thumbwheel.standalone.platform.CannotRunException;
import io.thumbwheel.standalone.platform.Progress;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The engine beside llama.cpp, each shape in a process of its own: 135M parameters with random
/// weights in int8, and the seed policy in fp32. Releases and llama.cpp (from npm) are kept below
/// `target/bench`.
///
/// @param home the project's folder
/// @param progress told what is going on
record EngineComparison(Path home, Progress progress) {
    private static final String LLAMA = "@node-llama-cpp/linux-x64";
    private static final String LLAMA_VERSION = "3.22.1";
    private static final String MAIN = "io.thumbwheel.serving.bench.EngineBenchmark";
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /// Runs it.
    public List<Ratio> run() throws CannotRunException, IOException, InterruptedException {
        Optional<Path> llama = llama();
        List<Ratio> rows = new ArrayList<>();
        rows.addAll(measure("135M", larger(), "int8", llama));
        rows.addAll(measure("seed", seed(), "fp32", llama));
        return rows;
    }

    private Path larger() throws CannotRunException, IOException, InterruptedException {
        Path store = folder().resolve("135m");
        if (release(store).isEmpty()) {
            progress.line("making a release of 135M parameters");
            Path checkpoint = folder().resolve("135m-checkpoint");
            trainer("random-policy", "--to", checkpoint.toString());
            trainer(
                    "import",
                    checkpoint.toString(),
                    "--releases",
                    store.toString(),
                    "--quantise",
                    "int8");
        }
        return made(store);
    }

    private Path seed() throws CannotRunException, IOException, InterruptedException {
        Path store = folder().resolve("seed");
        if (release(store).isEmpty()) {
            progress.line("making a release of the seed policy");
            trainer(
                    "import",
                    home.resolve("standalone/seed-policy").toString(),
                    "--releases",
                    store.toString(),
                    "--quantise",
                    "none");
        }
        return made(store);
    }

    private Path made(Path store) throws CannotRunException, IOException {
        return release(store)
                .orElseThrow(() ->
                        new CannotRunException(
                                "%s has no release: remove the folder and try again"
                                        .formatted(store)));
    }

    private static Optional<Path> release(Path store) throws IOException {
        if (!Files.isDirectory(store)) {
            return Optional.empty();
        }
        try (Stream<Path> folders = Files.list(store)) {
            return folders.filter(folder -> Files.exists(folder.resolve("manifest.json")))
                    .findFirst();
        }
    }

    /// llama.cpp's libraries; empty where they cannot be had.
    private Optional<Path> llama() throws CannotRunException, IOException, InterruptedException {
        Path modules = folder().resolve("llama");
        Path libraries = modules.resolve("node_modules").resolve(LLAMA).resolve("bins/linux-x64");
        if (Files.isDirectory(libraries)) {
            return Optional.of(libraries);
        }
        if (!System.getProperty("os.arch").equals("amd64") || !onPath("npm")) {
            progress.line(
                    "no comparison with llama.cpp: it comes from npm, for Linux on x86-64; install Node.js");
            return Optional.empty();
        }
        progress.line("fetching llama.cpp from npm");
        Files.createDirectories(modules);
        child(
                List.of(
                        "npm",
                        "install",
                        "--prefix",
                        modules.toString(),
                        "--no-save",
                        "--ignore-scripts",
                        LLAMA + "@" + LLAMA_VERSION));
        return Optional.of(libraries);
    }

    private static boolean onPath(String program) {
        return Arrays.stream(
                        Optional.ofNullable(System.getenv("PATH"))
                                .orElse("")
                                .split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private List<Ratio> measure(String shape, Path release, String precision, Optional<Path> llama)
            throws CannotRunException, IOException, InterruptedException {
        progress.line("measuring the engine on the shape " + shape);
        Path app = home.resolve("serving/target/quarkus-app");
        Path json = Files.createTempFile(folder(), "rows-", ".json");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElse("java"),
                                "-XX:+UseSerialGC",
                                "-Xmx1g",
                                "--enable-native-access=ALL-UNNAMED",
                                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                                "-cp",
                                "%s/app/*:%s/lib/main/*:%s/lib/boot/*".formatted(app, app, app),
                                MAIN,
                                "--release",
                                release.toString(),
                                "--precision",
                                precision,
                                "--json",
                                json.toString()));
        llama.ifPresent(folder -> command.addAll(List.of("--llama", folder.toString())));
        try {
            child(command, 0, 1); // 1: a bar was missed, which the rows say, too
            if (Files.size(json) == 0) {
                throw new CannotRunException(
                        "the engine could not be measured on the shape %s, see %s"
                                .formatted(shape, log()));
            }
            return BenchReport.readRows(json).stream()
                    .map(row -> named(shape + " " + row.name(), row))
                    .toList();
        } finally {
            Files.deleteIfExists(json);
        }
    }

    private static Ratio named(String name, Ratio row) {
        return new Ratio(
                name, row.ratio(), row.bar(), row.ours(), row.other(), row.unit(), row.direction());
    }

    private void trainer(String... arguments)
            throws CannotRunException, IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(home.resolve("thumbwheel").toString(), "trainer"));
        command.addAll(List.of(arguments));
        child(command);
    }

    private void child(List<String> command, Integer... fine)
            throws CannotRunException, IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                        .start();
        try {
            boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            List<Integer> codes = fine.length == 0 ? List.of(0) : List.of(fine);
            if (!ended || !codes.contains(process.exitValue())) {
                throw new CannotRunException(
                        "'%s' %s, see %s"
                                .formatted(
                                        String.join(" ", command.subList(0, 2)),
                                        ended
                                                ? "ended with " + process.exitValue()
                                                : "took more than " + PATIENCE,
                                        log()));
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private Path folder() throws IOException {
        return Files.createDirectories(home.resolve("target/bench"));
    }

    private Path log() throws IOException {
        return folder().resolve("bench.log");
    }
}
