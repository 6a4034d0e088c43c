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

/// What serving does: its engine beside llama.cpp, and the service over HTTP; and the way of an
/// opinion through the whole platform.
///
/// @param clock for the report's date
/// @param progress told what is going on
public record ServingBenchmark(Clock clock, Progress progress) {

    /// What is measured.
    public enum Part {
        /// The engine beside llama.cpp, on 135M and on the seed policy.
        ENGINE,
        /// What the engine's ways cost: deterministic answers, long prompts, garbage; and what
        /// prefixes save.
        COSTS,
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
        ROLLBACK,
        /// From a pick until the trainer's dataset has it.
        VISIBILITY
    }

    /// Told what is known so far, after each part and within a long one.
    public interface SoFar {
        void report(BenchReport report) throws IOException;
    }

    /// Runs parts one after another, each in a folder of its own below a folder, and puts their
    /// rows into one report.
    public BenchReport run(List<Part> parts, PlatformConfig config, SoFar soFar)
            throws CannotRunException, ApiException, IOException, InterruptedException {
        List<Ratio> rows = new ArrayList<>();
        soFar.report(report(rows)); // where it cannot be told, now is the time to say so
        for (Part part : parts) {
            String name = part.name().toLowerCase(Locale.ROOT);
            progress.line("measuring " + name);
            PlatformConfig own = config.in(config.data().resolve(part.name()));
            List<Ratio> found = measure(part, own, some -> soFar.report(report(both(rows, some))));
            report(found).lines().forEach(line -> progress.line(name + ": " + line));
            rows.addAll(found);
            soFar.report(report(rows));
        }
        return report(rows);
    }

    private static List<Ratio> both(List<Ratio> rows, List<Ratio> more) {
        List<Ratio> all = new ArrayList<>(rows);
        all.addAll(more);
        return all;
    }

    private BenchReport report(List<Ratio> rows) {
        return new BenchReport(Machine.describe(), clock.instant().toString(), rows);
    }

    private List<Ratio> measure(Part part, PlatformConfig config, Soak.SoFar soFar)
            throws CannotRunException, ApiException, IOException, InterruptedException {
        HttpBenchmark http = new HttpBenchmark(progress);
        return switch (part) {
            case ENGINE -> new EngineComparison(config, progress).compare();
            case COSTS -> new EngineComparison(config, progress).costs();
            case HTTP -> http.http(config);
            case GAPS -> http.gaps(config, Shape.SEED, 3, 6, 2);
            case GAPS_135M -> http.gaps(config, Shape.M135, 2, 3, 3);
            case OVERLOAD -> http.overload(config);
            case SOAK -> new Soak(progress, soFar).run(config);
            case ROLLBACK -> http.rollback(config);
            case VISIBILITY -> new Visibility(progress).run(config);
        };
    }
}
