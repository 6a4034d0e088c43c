package io.thumbwheel.standalone;

import io.thumbwheel.standalone.bench.BenchReport;
import io.thumbwheel.standalone.bench.BenchReport.Ratio;
import io.thumbwheel.standalone.bench.ServingBenchmark;
import io.thumbwheel.standalone.bench.ServingBenchmark.Part;
import io.thumbwheel.standalone.bench.StartBenchmark;
import io.thumbwheel.standalone.client.ApiException;
import io.thumbwheel.standalone.platform.CannotRunException;
import io.thumbwheel.standalone.platform.PlatformConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `bench`: measures, beside the bar that each figure has to reach.
@Command(
        name = "bench",
        description = "Measures the platform beside the bars that it has to reach.",
        mixinStandardHelpOptions = true,
        version = Standalone.VERSION)
final class Bench implements Callable<Integer> {
    /// What can be measured here.
    enum Benchmark {
        /// Start, stop, memory.
        START,
        /// The engine beside llama.cpp, and serving over HTTP.
        SERVING
    }

    @Parameters(paramLabel = "NAME", description = "${COMPLETION-CANDIDATES}")
    private Benchmark benchmark = Benchmark.START;

    @Option(
            names = "--only",
            paramLabel = "PART",
            split = ",",
            description = "of serving: ${COMPLETION-CANDIDATES} (default: all)")
    private List<Part> only = List.of(Part.values());

    @Option(names = "--json", paramLabel = "FILE", description = "also write the figures there")
    private @Nullable Path json;

    @Mixin private final PlatformOptions options = new PlatformOptions();

    @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call()
            throws CannotRunException, ApiException, IOException, InterruptedException {
        Console console =
                new Console(
                        Objects.requireNonNull(spec).commandLine().getOut(),
                        System.console() != null);
        Path parent = Files.createDirectories(options.config("data").data());
        PlatformConfig config =
                options.config("data").in(Files.createTempDirectory(parent, "bench-"));
        BenchReport report =
                switch (benchmark) {
                    case START -> start(config, console);
                    case SERVING ->
                            new ServingBenchmark(Clock.systemUTC(), console::line)
                                    .run(only, config, this::write);
                };
        return report.ratios().stream().allMatch(Ratio::holds) ? 0 : 1;
    }

    private BenchReport start(PlatformConfig config, Console console)
            throws CannotRunException, ApiException, IOException, InterruptedException {
        BenchReport report = new StartBenchmark(Clock.systemUTC(), console::line).run(config);
        report.lines().forEach(console::line);
        write(report);
        return report;
    }

    private void write(BenchReport report) throws IOException {
        if (json != null) {
            report.write(json);
        }
    }
}
