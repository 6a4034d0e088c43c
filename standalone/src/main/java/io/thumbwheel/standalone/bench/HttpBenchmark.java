package io.thumbwheel.standalone.bench;

import io.thumbwheel.standalone.bench.BenchReport.Ratio;
import io.thumbwheel.standalone.client.ApiException;
import io.thumbwheel.standalone.client.ChatCall;
import io.thumbwheel.standalone.platform.CannotRunException;
import io.thumbwheel.standalone.platform.PlatformConfig;
import io.thumbwheel.standalone.platform.Progress;
import io.thumbwheel.standalone.statistics.Quantiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/// What serving does over HTTP: its speed beside the engine's own, its streams while a release
/// loads and swaps, how it bears too much load, and how fast a rollback is. Each part starts a
/// platform and ends it.
///
/// @param progress told what is going on
record HttpBenchmark(Progress progress) {
    private static final Duration ANSWERS = Duration.ofMinutes(2);
    private static final Duration ROLLBACK = Duration.ofSeconds(30);

    List<Ratio> http(PlatformConfig config)
            throws CannotRunException, ApiException, IOException, InterruptedException {
        try (BenchPlatform platform = BenchPlatform.start(config, Shape.M135, 1, progress)) {
            for (int round = 0; round < 3; round++) { // all that takes part warms up
                answers(platform, false);
                answers(platform, true);
            }
            // In turn, and first by turns: the machine's own pace changes from one second to the
            // next.
            double[] told = new double[16];
            double[] streamed = new double[told.length];
            for (int round = 0; round < told.length; round++) {
                if (round % 2 == 1) {
                    streamed[round] = answers(platform, true);
                }
                told[round] = answers(platform, false);
                if (round % 2 == 0) {
                    streamed[round] = answers(platform, true);
                }
                progress.line(
                        "engine %.0f tokens/s, 16 streams %.0f"
                                .formatted(told[round], streamed[round]));
            }

            List<Double> firsts = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                firstToken(platform); // warms up the client, too
            }
            double sum = platform.metric("thumbwheel_request_prefill_time_seconds_sum");
            double count = platform.metric("thumbwheel_request_prefill_time_seconds_count");
            for (int i = 0; i < 40; i++) {
                firsts.add(firstToken(platform));
            }
            double prefill =
                    1e3
                            * (platform.metric("thumbwheel_request_prefill_time_seconds_sum") - sum)
                            / (platform.metric("thumbwheel_request_prefill_time_seconds_count")
                                    - count);
            double first = firsts.stream().mapToDouble(value -> value).average().orElseThrow();
            return List.of(
                    Ratio.atLeast(
                            "16 streams over the engine, 135M",
                            DoubleStream.of(streamed).average().orElseThrow(),
                            DoubleStream.of(told).average().orElseThrow(),
                            0.92,
                            "tok/s"),
                    Ratio.atMost("first token over prefill, 135M", first, prefill, 1.5, "ms"));
        }
    }

    /// Tokens per second of sixteen answers that are asked for at once. Where they are told at
    /// their end, HTTP has next to nothing to do: that is the engine's own speed.
    private static double answers(BenchPlatform platform, boolean stream)
            throws ApiException, IOException, InterruptedException {
        List<byte[]> bodies = new ArrayList<>();
        for (int seed = 0; seed < 16; seed++) {
            ChatCall call = new ChatCall("Hello", ChatCall.POLICY, 1, 128, seed, null, null);
            bodies.add(call.body(stream).toString().getBytes(StandardCharsets.UTF_8));
        }
        double before = platform.metric("thumbwheel_generation_tokens_total");
        long start = System.nanoTime();
        platform.plainAnswers(ANSWERS).read(bodies, stream ? "data: [DONE]" : "\"cached_tokens\"");
        double seconds = (System.nanoTime() - start) / 1e9;
        return (platform.metric("thumbwheel_generation_tokens_total") - before) / seconds;
    }

    /// Milliseconds until the first text of a stream.
    private static double firstToken(BenchPlatform platform)
            throws ApiException, InterruptedException {
        long start = System.nanoTime();
        long[] first = {0};
        platform.api().stream(
                new ChatCall("Hello", ChatCall.POLICY, 1, 4, start, null, null),
                (at, _) -> first[0] = first[0] == 0 ? at : first[0]);
        return ((first[0] == 0 ? System.nanoTime() : first[0]) - start) / 1e6;
    }

    /// @param loads how many loads are waited for; one takes seconds on the seed shape, half a
    ///   minute on 135M
    List<Ratio> gaps(PlatformConfig config, Shape shape, int releases, int loads, double bar)
            throws CannotRunException, ApiException, IOException, InterruptedException {
        try (BenchPlatform platform = BenchPlatform.start(config, shape, releases, progress);
                StreamLoad load = new StreamLoad(platform.api(), 4, 128)) {
            Thread.sleep(5_000); // warms up
            long from = System.nanoTime();
            Thread.sleep(15_000);
            double[] usual = load.gaps(from, System.nanoTime());

            List<long[]> swaps = new ArrayList<>();
            double[] seconds = new double[loads];
            List<String> others = platform.releases().subList(1, releases);
            for (int swap = 0; swap < loads; swap++) {
                if (releases == 2) {
                    platform.promote(platform.releases().getFirst()); // so that the other leaves
                    Thread.sleep(1_500);
                }
                String release = others.get(swap % others.size());
                platform.touch(release); // or serving knows its files from before
                long start = System.nanoTime();
                seconds[swap] = platform.promote(release);
                Thread.sleep(500);
                swaps.add(new long[] {start, System.nanoTime()});
                progress.line("loaded and swapped within %.1f s".formatted(seconds[swap]));
            }
            double[] during = load.gaps(swaps);
            return List.of(
                    Ratio.atMost(
                            "p99 gap while a release loads, " + shape.label(),
                            Quantiles.of(during, 0.99),
                            Quantiles.of(usual, 0.99),
                            bar,
                            "ms"),
                    Ratio.figure(
                            "median gap while a release loads, " + shape.label(),
                            Quantiles.of(during, 0.5),
                            "ms"),
                    Ratio.figure(
                            "median gap otherwise, " + shape.label(),
                            Quantiles.of(usual, 0.5),
                            "ms"),
                    Ratio.figure(
                            "median time to load and swap, " + shape.label(),
                            Quantiles.of(seconds, 0.5),
                            "s"));
        }
    }

    List<Ratio> overload(PlatformConfig config)
            throws CannotRunException, ApiException, IOException, InterruptedException {
        PlatformConfig goal = config.withServing(Map.of("SERVING_QUEUE_SLOWEST", "2"));
        try (BenchPlatform platform = BenchPlatform.start(goal, Shape.SEED, 1, progress)) {
            int tokens = 128;
            OpenLoad alone = new OpenLoad(platform.api(), tokens, Double.MAX_VALUE);
            for (int i = 0; i < 20; i++) {
                alone.answer(i); // warms up
            }
            double[] unloaded = new double[20];
            for (int i = 0; i < unloaded.length; i++) {
                unloaded[i] = alone.answer(i);
            }
            double good = 2 * Quantiles.of(unloaded, 0.5);
            OpenLoad load = new OpenLoad(platform.api(), tokens, good);

            OpenLoad.Outcome peak = peak(load, 500 / Quantiles.of(unloaded, 0.5));
            // In turn, since the machine's own pace changes meanwhile. What serving can carry is
            // what it answers in time, which it still does where more is asked.
            double[] most = new double[6];
            double[] over = new double[most.length];
            double[] late = new double[most.length];
            for (int round = 0; round < most.length; round++) {
                most[round] = load.run(peak.offered(), 6).good();
                OpenLoad.Outcome outcome = load.run(4 * peak.good(), 6);
                over[round] = outcome.good();
                late[round] = outcome.late();
                progress.line(
                        "%.1f asked, %.1f in time; %.1f asked, %.1f in time, %.1f late per second"
                                .formatted(
                                        peak.offered(),
                                        most[round],
                                        outcome.offered(),
                                        outcome.good(),
                                        outcome.late()));
            }
            return List.of(
                    Ratio.atLeast(
                            "goodput at 4 times the load",
                            DoubleStream.of(over).average().orElseThrow(),
                            DoubleStream.of(most).average().orElseThrow(),
                            0.85,
                            "/s"),
                    Ratio.figure(
                            "late answers at 4 times the load",
                            DoubleStream.of(late).average().orElseThrow(),
                            "/s"),
                    Ratio.figure("unloaded answer of 128 tokens", good / 2, "ms"));
        }
    }

    /// Raises the rate until, twice in a row, fewer answers come in time than before.
    private OpenLoad.Outcome peak(OpenLoad load, double first) throws InterruptedException {
        OpenLoad.Outcome peak = new OpenLoad.Outcome(first, 0, 0);
        double rate = first;
        int fewer = 0;
        for (int step = 0; step < 8 && fewer < 2; step++, rate *= 1.5) {
            OpenLoad.Outcome outcome = load.run(rate, 8);
            progress.line(
                    "%.1f asked, %.1f in time, %.1f late per second"
                            .formatted(outcome.offered(), outcome.good(), outcome.late()));
            fewer = outcome.good() < 0.9 * peak.good() ? fewer + 1 : 0;
            if (outcome.good() > peak.good()) {
                peak = outcome;
            }
        }
        return peak;
    }

    List<Ratio> rollback(PlatformConfig config)
            throws CannotRunException, ApiException, IOException, InterruptedException {
        double[] stored = new double[5];
        try (BenchPlatform platform =
                BenchPlatform.start(config, Shape.SEED, 2 + stored.length, progress)) {
            List<String> releases = platform.releases();
            RolledBack[] resident = new RolledBack[10];
            for (int i = -3; i < resident.length; i++) { // the first ones warm up
                platform.promote(releases.get(0));
                platform.promote(releases.get(1));
                RolledBack back = rollBack(platform, releases.get(0));
                if (i >= 0) {
                    resident[i] = back;
                }
            }
            double[] loads = new double[stored.length];
            for (int i = 0; i < stored.length; i++) {
                String release = releases.get(2 + i);
                loads[i] = 1e3 * platform.promote(release);
                platform.promote(releases.get(1));
                stored[i] = rollBack(platform, release).serves();
            }
            double[] serves = Stream.of(resident).mapToDouble(RolledBack::serves).toArray();
            double[] answers = Stream.of(resident).mapToDouble(RolledBack::answers).toArray();
            return List.of(
                    Ratio.within(
                            "rollback to a release in memory, slowest of 10",
                            Quantiles.of(serves, 1),
                            50,
                            "ms"),
                    Ratio.figure(
                            "rollback to a release in memory, median",
                            Quantiles.of(serves, 0.5),
                            "ms"),
                    Ratio.figure(
                            "with the first answer by it, slowest", Quantiles.of(answers, 1), "ms"),
                    Ratio.figure(
                            "with the first answer by it, median",
                            Quantiles.of(answers, 0.5),
                            "ms"),
                    Ratio.atMost(
                            "rollback to a stored release over its first load",
                            Quantiles.of(stored, 0.5),
                            Quantiles.of(loads, 0.5),
                            1,
                            "ms"));
        }
    }

    /// Milliseconds from the decision to when serving says that it serves the earlier release, and
    /// to the end of an answer by it that was asked for then.
    private record RolledBack(double serves, double answers) {}

    private static RolledBack rollBack(BenchPlatform platform, String to)
            throws ApiException, CannotRunException, InterruptedException {
        long start = System.nanoTime();
        platform.rollBack();
        platform.awaitServing(to, start + ROLLBACK.toNanos());
        double serves = (System.nanoTime() - start) / 1e6;
        ChatCall call = new ChatCall("Hello", ChatCall.POLICY, 1, 1, 1, null, null);
        String release = platform.api().chat(call).release();
        if (!release.equals(to)) {
            throw new CannotRunException(
                    "%s answers after the rollback to %s".formatted(release, to));
        }
        return new RolledBack(serves, (System.nanoTime() - start) / 1e6);
    }
}
