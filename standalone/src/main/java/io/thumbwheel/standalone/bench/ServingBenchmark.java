package io.thumbwheel.standalone.bench;

import io.thumbwheel.standalone.bench.BenchReport.Ratio;
import io.thumbwheel.standalone.client.ApiException;
import io.thumbwheel.standalone.platform.CannotRunException;
import io.thumbwheel.standalone.platform.PlatformConfig;
import io.thumbwheel.standalone.platform.Progress;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What serving does: its engine beside llama.cpp, and the service over HTTP.
///
/// @param clock for the report's date
/// @param progress told what is going on
public record ServingBenchmark(Clock clock, Progress progress) {

    /// What is measured.
    public enum Part {
        /// The engine beside llama.cpp, on 135M and on the seed policy.
        ENGINE,
        /// Tokens per second of 16 streams, and the first token of a short prompt, on 135M.
        HTTP,
        /// The gaps between tokens while a release loads and swaps, on the seed shape.
        GAPS,
        /// The same on 135M.
        GAPS_135M,
        /// Answers in time at four times the load that can be carried.
        OVERLOAD,
        /// A hundred swaps under load.
        SOAK,
        /// Rollbacks to a release in memory and to a stored one.
        ROLLBACK
    }

    /// Runs parts one after another, each in a folder of its own below a folder, and puts their
    /// rows into one report.
    public BenchReport run(List<Part> parts, PlatformConfig config)
            throws CannotRunException, ApiException, IOException, InterruptedException {
        List<Ratio> rows = new ArrayList<>();
        for (Part part : parts) {
            progress.line("measuring " + part.name().toLowerCase(Locale.ROOT));
            rows.addAll(measure(part, config.in(config.data().resolve(part.name()))));
        }
        return new BenchReport(Machine.describe(), clock.instant().toString(), rows);
    }

    private List<Ratio> measure(Part part, PlatformConfig config)
            throws CannotRunException, ApiException, IOException, InterruptedException {
        HttpBenchmark http = new HttpBenchmark(progress);
        return switch (part) {
            case ENGINE -> new EngineComparison(config.home(), progress).run();
            case HTTP -> http.http(config);
            case GAPS -> http.gaps(config, Shape.SEED, 3, 2);
            case GAPS_135M -> http.gaps(config, Shape.M135, 2, 3);
            case OVERLOAD -> http.overload(config);
            case SOAK -> http.soak(config);
            case ROLLBACK -> http.rollback(config);
        };
    }
}
