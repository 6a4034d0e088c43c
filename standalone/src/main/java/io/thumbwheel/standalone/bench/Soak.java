package io.thumbwheel.standalone.bench;

import io.thumbwheel.standalone.bench.BenchReport.Ratio;
import io.thumbwheel.standalone.client.ApiException;
import io.thumbwheel.standalone.platform.CannotRunException;
import io.thumbwheel.standalone.platform.PlatformConfig;
import io.thumbwheel.standalone.platform.Progress;
import io.thumbwheel.standalone.statistics.Quantiles;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A hundred swaps, each with a load, while four readers stream: whether any answer fails or mixes
/// two releases, and whether serving's memory stays where it is.
///
/// @param progress told every ten swaps
/// @param soFar told the rows every ten swaps, for whoever cuts it short
record Soak(Progress progress, SoFar soFar) {
    private static final int SWAPS = 100;
    private static final int SETTLED = 10; // swaps after which memory counts
    private static final Duration LIMIT = Duration.ofSeconds(210);

    /// Told what is known so far.
    interface SoFar {
        void rows(List<Ratio> rows) throws IOException;
    }

    /// Of serving, MB.
    ///
    /// @param resident all of it
    /// @param java what its Java has taken for heap, classes and compiled code
    private record Memory(double resident, double java) {
        static Memory of(BenchPlatform platform)
                throws ApiException, IOException, InterruptedException {
            return new Memory(
                    platform.residentMegabytes(),
                    platform.metric("jvm_memory_committed_bytes") / (1 << 20));
        }
    }

    List<Ratio> run(PlatformConfig config)
            throws CannotRunException, ApiException, IOException, InterruptedException {
        try (BenchPlatform platform = BenchPlatform.start(config, Shape.SEED, 3, progress)) {
            List<Double> seconds = new ArrayList<>();
            List<Memory> memory = new ArrayList<>();
            long end = System.nanoTime() + LIMIT.toNanos();
            try (StreamLoad _ = new StreamLoad(platform.api(), 4, 64)) {
                while (seconds.size() < SWAPS && System.nanoTime() < end) {
                    seconds.add(platform.promote(platform.releases().get(1 + seconds.size() % 2)));
                    memory.add(Memory.of(platform));
                    if (seconds.size() % SETTLED == 0) {
                        tell(platform, seconds, memory);
                    }
                }
            } finally {
                tell(platform, seconds, memory); // also where a swap fails
                platform.traffic().firstReasons().forEach(progress::line);
            }
            return rows(platform, seconds, memory);
        }
    }

    private void tell(BenchPlatform platform, List<Double> seconds, List<Memory> memory)
            throws IOException {
        if (memory.isEmpty()) {
            return;
        }
        progress.line(
                "%d swaps, %.0f MB, Java's %.0f MB; %d of %d answers failed or mixed releases"
                        .formatted(
                                seconds.size(),
                                memory.getLast().resident(),
                                memory.getLast().java(),
                                platform.traffic().failures(),
                                platform.traffic().requests()));
        soFar.rows(rows(platform, seconds, memory));
    }

    private static List<Ratio> rows(
            BenchPlatform platform, List<Double> seconds, List<Memory> memory) {
        Memory settled = memory.get(Math.min(SETTLED, memory.size()) - 1);
        Memory last = memory.getLast();
        double most =
                memory.stream()
                        .skip(SETTLED)
                        .mapToDouble(Memory::resident)
                        .max()
                        .orElse(settled.resident());
        return List.of(
                Ratio.atLeast("swaps with a load under four streams", seconds.size(), SWAPS, 1, ""),
                Ratio.within(
                        "failed or mixed answers",
                        platform.traffic().failures(),
                        0.5,
                        "of " + platform.traffic().requests()),
                Ratio.within(
                        "memory grown after swap " + SETTLED,
                        Math.max(0, most - settled.resident()),
                        64,
                        "MB"),
                Ratio.figure("memory after swap " + SETTLED, settled.resident(), "MB"),
                Ratio.figure("memory after the last swap", last.resident(), "MB"),
                Ratio.figure(
                        "grown by then: what Java has taken for heap, classes and code",
                        last.java() - settled.java(),
                        "MB"),
                Ratio.figure(
                        "median time of a swap",
                        Quantiles.of(seconds.stream().mapToDouble(value -> value).toArray(), 0.5),
                        "s"));
    }
}
