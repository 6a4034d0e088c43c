package io.thumbwheel.standalone.bench;

import io.thumbwheel.standalone.bench.BenchReport.Ratio;
import io.thumbwheel.standalone.client.ApiClient;
import io.thumbwheel.standalone.client.ApiException;
import io.thumbwheel.standalone.client.ChatCall;
import io.thumbwheel.standalone.client.Traffic;
import io.thumbwheel.standalone.platform.CannotRunException;
import io.thumbwheel.standalone.platform.Platform;
import io.thumbwheel.standalone.platform.PlatformConfig;
import io.thumbwheel.standalone.platform.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/// How long a platform that is built takes from nothing to its first answer, to stop and to start
/// again, and what it holds in memory.
///
/// @param clock for the report's date
/// @param progress told what is going on
public record StartBenchmark(Clock clock, Progress progress) {
    private static final double START_LIMIT = 20;
    private static final double MEMORY_LIMIT = 4096;

    /// Runs it in a folder that holds no platform yet.
    public BenchReport run(PlatformConfig config)
            throws CannotRunException, ApiException, InterruptedException {
        Figures first = once(config);
        Figures again = once(config);
        return new BenchReport(
                Machine.describe(),
                clock.instant().toString(),
                List.of(
                        Ratio.within(
                                "first start to first answer", first.start(), START_LIMIT, "s"),
                        Ratio.within(
                                "later start to first answer", again.start(), START_LIMIT, "s"),
                        Ratio.within("orderly stop", again.stop(), START_LIMIT, "s"),
                        Ratio.within("resident memory", first.memory(), MEMORY_LIMIT, "MB")));
    }

    private record Figures(double start, double stop, double memory) {}

    private Figures once(PlatformConfig config)
            throws CannotRunException, ApiException, InterruptedException {
        long begin = System.nanoTime();
        try (Platform platform = Platform.prepare(config, progress);
                ApiClient api = new ApiClient(platform.endpoints(), "chat", new Traffic())) {
            platform.start();
            api.chat(new ChatCall("Hello", ChatCall.POLICY, 1, 16, 1, null, null));
            double start = seconds(begin);
            double memory = residentMegabytes();
            long end = System.nanoTime();
            platform.close();
            return new Figures(start, seconds(end), memory);
        }
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    /// Of this process and all that it started (`VmRSS` in `/proc`).
    private static double residentMegabytes() {
        ProcessHandle self = ProcessHandle.current();
        return resident(self) + self.descendants().mapToDouble(StartBenchmark::resident).sum();
    }

    private static double resident(ProcessHandle process) {
        try {
            return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }
}
