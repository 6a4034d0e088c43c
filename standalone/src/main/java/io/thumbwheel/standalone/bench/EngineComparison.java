package io.thumbwheel.standalone.bench;

import io.thumbwheel.standalone.bench.BenchReport.Ratio;
import io.thumbwheel.standalone.platform.CannotRunException;
import io.thumbwheel.standalone.platform.PlatformConfig;
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

/// The engine of serving in processes of its own, on 135M parameters with random weights in int8
/// and on the seed policy's shape in fp32: beside llama.cpp (from npm, kept below `target/bench`),
/// and what its ways cost.
///
/// @param config says where the project is
/// @param progress told what is going on
record EngineComparison(PlatformConfig config, Progress progress) {
    private static final String LLAMA = "@node-llama-cpp/linux-x64";
    private static final String LLAMA_VERSION = "3.22.1";
    private static final String COMPARISON = "io.thumbwheel.serving.bench.EngineBenchmark";
    private static final String FIGURES = "io.thumbwheel.serving.bench.EngineFigures";
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /// Beside llama.cpp.
    List<Ratio> compare() throws CannotRunException, IOException, InterruptedException {
        List<String> llama =
                llama().map(folder -> List.of("--llama", folder.toString())).orElse(List.of());
        List<Ratio> rows = new ArrayList<>();
        rows.addAll(measure(COMPARISON, "135M", larger(), "int8", llama));
        rows.addAll(measure(COMPARISON, "seed", releases().seedPolicy(), "fp32", llama));
        return rows;
    }

    /// What deterministic answers, long prompts and tokens cost, and what prefixes save.
    List<Ratio> costs() throws CannotRunException, IOException, InterruptedException {
        List<Ratio> rows = new ArrayList<>();
        Path seed = releases().of(Shape.SEED, 1).getFirst();
        rows.addAll(measure(FIGURES, "135M", larger(), "int8", List.of()));
        rows.addAll(measure(FIGURES, "seed shape", seed, "fp32", List.of()));
        return rows;
    }

    private BenchReleases releases() {
        return new BenchReleases(config, progress);
    }

    private Path larger() throws CannotRunException, IOException, InterruptedException {
        return releases().of(Shape.M135, 1).getFirst();
    }

    /// llama.cpp's libraries; empty where they cannot be had.
    private Optional<Path> llama() throws CannotRunException, IOException, InterruptedException {
        Path modules = releases().folder().resolve("llama");
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
        ProcessBuilder npm =
                new ProcessBuilder(
                        "npm",
                        "install",
                        "--prefix",
                        modules.toString(),
                        "--no-save",
                        "--ignore-scripts",
                        LLAMA + "@" + LLAMA_VERSION);
        BenchProcess.run("npm install", npm, releases().log(), PATIENCE, 0);
        return Optional.of(libraries);
    }

    private static boolean onPath(String program) {
        return Arrays.stream(
                        Optional.ofNullable(System.getenv("PATH"))
                                .orElse("")
                                .split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private List<Ratio> measure(
            String main, String shape, Path release, String precision, List<String> more)
            throws CannotRunException, IOException, InterruptedException {
        progress.line("measuring the engine on the shape " + shape);
        Path app = config.home().resolve("serving/target/quarkus-app");
        Path json = Files.createTempFile(releases().folder(), "rows-", ".json");
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
                                main,
                                "--release",
                                release.toString(),
                                "--precision",
                                precision,
                                "--json",
                                json.toString()));
        command.addAll(more);
        try {
            String what = "measuring the engine on the shape " + shape;
            ProcessBuilder process = new ProcessBuilder(command);
            // 1: a bar was missed, which the rows say, too
            BenchProcess.run(what, process, releases().log(), PATIENCE, 0, 1);
            if (Files.size(json) == 0) {
                throw new CannotRunException(
                        what + " gave no figures, see the end of " + releases().log());
            }
            return BenchReport.readRows(json).stream()
                    .map(row -> named(shape + ": " + row.name(), row))
                    .toList();
        } finally {
            Files.deleteIfExists(json);
        }
    }

    private static Ratio named(String name, Ratio row) {
        return new Ratio(
                name, row.ratio(), row.bar(), row.ours(), row.other(), row.unit(), row.direction());
    }
}
