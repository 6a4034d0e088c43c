package io.thumbwheel.standalone.bench;

import io.thumbwheel.standalone.bench.BenchReport.Ratio;
import io.thumbwheel.standalone.platform.CannotRunException;
import io.thumbwheel.standalone.platform.PlatformConfig;
import io.thumbwheel.standalone.platform.Progress;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/// What serving does: its engine beside llama.cpp.
///
/// @param clock for the report's date
/// @param progress told what is going on
public record ServingBenchmark(Clock clock, Progress progress) {

    /// Runs its parts one after another and puts their rows into one report.
    public BenchReport run(PlatformConfig config)
            throws CannotRunException, IOException, InterruptedException {
        List<Ratio> rows = new ArrayList<>(new EngineComparison(config.home(), progress).run());
        return new BenchReport(Machine.describe(), clock.instant().toString(), rows);
    }
}
