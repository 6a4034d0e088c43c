package io.thumbwheel.standalone.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.thumbwheel.schemas.event.SwapReport.ReleaseApplied;
import io.thumbwheel.standalone.bench.Machine;
import io.thumbwheel.standalone.client.ApiClient;
import io.thumbwheel.standalone.client.ApiException;
import io.thumbwheel.standalone.client.Traffic;
import io.thumbwheel.standalone.demo.ReleaseRow.Live;
import io.thumbwheel.standalone.demo.ReleaseRow.Origin;
import io.thumbwheel.standalone.demo.ReleaseRow.SwapFigures;
import io.thumbwheel.standalone.preference.Preference;
import io.thumbwheel.standalone.statistics.Quantiles;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One demo on a platform that runs: rounds of comparisons, a refresh after each, and the measuring
/// of what came of it.
final class DemoRun {
    /// After a flip streams of the old release still come to their end.
    private static final Duration AFTER_FLIP = Duration.ofSeconds(2);

    private static final Duration SWAP_LIMIT = Duration.ofSeconds(60);

    /// What the end of a demo needs after its last refresh.
    private static final Duration CLOSING = Duration.ofSeconds(120);

    private static final String SFT_ROW = "sft-on-chosen";

    private final DemoConfig config;
    private final Preference preference;
    private final Crowd crowd;
    private final ApiClient api;
    private final Traffic traffic;
    private final SwapLog swaps;
    private final SftOnChosen sft;
    private final Clock clock;
    private final Display display;
    private final Chance chance;
    private final Tally tally = new Tally();
    private final List<ReleaseRow> rows = new ArrayList<>();
    private final Refreshing refreshing;
    private final List<String> missing = new ArrayList<>();
    private String sftRelease = SFT_ROW;

    /// @param names of the people
    /// @param prompts what they ask
    /// @param unseen prompts that nobody asks while the platform learns
    /// @param training those of the people whose picks train models
    record Crowd(
            List<String> names, List<String> prompts, List<String> unseen, Set<String> training) {
        Crowd {
            training = Set.copyOf(training);
            names = List.copyOf(names);
            prompts = List.copyOf(prompts);
            unseen = List.copyOf(unseen);
        }
    }

    /// The ways to the platform.
    ///
    /// @param api what users and operators use
    /// @param traffic counts what users ask
    /// @param swaps what serving says about its swaps
    /// @param sft makes the baseline
    record Access(ApiClient api, Traffic traffic, SwapLog swaps, SftOnChosen sft) {}

    DemoRun(
            DemoConfig config,
            Preference preference,
            Crowd crowd,
            Access access,
            Clock clock,
            Display display) {
        this.config = config;
        this.preference = preference;
        this.crowd = crowd;
        this.api = access.api();
        this.traffic = access.traffic();
        this.swaps = access.swaps();
        this.sft = access.sft();
        this.clock = clock;
        this.display = display;
        this.chance = new Chance(config.seed());
        this.refreshing = new Refreshing(api, display::status);
    }

    Report run() throws DemoFailedException, ApiException, InterruptedException {
        Instant started = clock.instant();
        long end = System.nanoTime() + config.limit().minus(CLOSING).toNanos();

        // 1. What r0 says to prompts that the platform never learns from.
        String r0 = api.rollout().path("primary").asText();
        Answers answers = new Answers(api, chance);
        Evaluation evaluation = new Evaluation(preference, answers, crowd.unseen(), config.seed());
        display.status("asking %s about %d unseen prompts".formatted(r0, crowd.unseen().size()));
        evaluation.begin(r0);
        Preflight preflight = evaluation.preflight(r0);
        display.line(
                "preference %s on %s: ties %.0f%% (at most %.0f%%), best of 8 gains %.2f sd (at least %.0f)"
                        .formatted(
                                preference.name(),
                                r0,
                                100 * preflight.ties(),
                                100 * Preflight.MAX_TIES,
                                preflight.bestOf8Gain(),
                                Preflight.MIN_GAIN));
        if (!preflight.passes()) {
            throw new DemoFailedException(
                    "the preference cannot tell r0's answers apart well enough to be learned from so few picks");
        }
        rows.add(row(r0, evaluation.of(r0), Origin.NONE, SwapFigures.NONE, 0));

        // 2. Rounds.
        Person person = new Person(preference, config.control(), preflight.median());
        Users users = new Users(api, chance, crowd.names(), crowd.prompts(), person, tally);
        String serving = r0;
        int asked = 0;
        for (int refresh = 1; refresh <= config.refreshes(); refresh++) {
            if (System.nanoTime() > end) {
                missing.add("refresh %d: the time limit came first".formatted(refresh));
                continue;
            }
            int count = refresh == 1 ? config.firstRound() : config.laterRound();
            compare(users, new Users.Round(asked, count, serving, r0, DemoConfig.AGAINST_R0));
            asked += count;
            serving = refresh(refresh, users, serving, evaluation, end);
        }

        // 3. What people say about the last release.
        if (!serving.equals(r0)) {
            compare(users, new Users.Round(asked, config.closingRound(), serving, r0, 1));
        }

        // 4. Baselines.
        rows.add(row("best-of-8", evaluation.ofBest(preflight), Origin.NONE, SwapFigures.NONE, 0));
        baseline(users, evaluation, end);
        rows.replaceAll(row -> finished(row, evaluation));
        return report(started, preflight, users);
    }

    /// r0 fine-tuned on what the training raters preferred, where time is left for it.
    private void baseline(Users users, Evaluation evaluation, long end)
            throws DemoFailedException, InterruptedException {
        List<Users.Chosen> chosen =
                users.chosen().stream()
                        .filter(one -> crowd.training().contains(one.rater()))
                        .toList();
        if (chosen.isEmpty() || System.nanoTime() > end) {
            missing.add(
                    "SFT-on-chosen: "
                            + (chosen.isEmpty() ? "nobody chose anything" : "no time was left"));
            return;
        }
        display.status("fine-tuning r0 on %d chosen answers".formatted(chosen.size()));
        String release = sft.make(chosen);
        ReleaseRow measured =
                row(release, evaluation.of(release), Origin.NONE, SwapFigures.NONE, 0);
        rows.add(measured.named(SFT_ROW));
        sftRelease = release;
    }

    /// A row with what is known only at the end.
    private ReleaseRow finished(ReleaseRow row, Evaluation evaluation) {
        String release = row.id().equals(SFT_ROW) ? sftRelease : row.id();
        ReleaseRow lived = row.with(Live.of(tally.of(row.id())));
        return evaluation
                .distinct2(release)
                .map(share -> lived.with(lived.quality().withDistinct2(share)))
                .orElse(lived);
    }

    private void compare(Users users, Users.Round round) throws InterruptedException {
        AtomicInteger done = new AtomicInteger();
        long from = System.nanoTime();
        users.make(
                round,
                () ->
                        display.status(
                                "comparisons %d/%d on %s · %.1f a second · failed %d"
                                        .formatted(
                                                done.incrementAndGet(),
                                                round.count(),
                                                round.serving(),
                                                done.get() / ((System.nanoTime() - from) / 1e9),
                                                traffic.failures())));
        display.line(
                "%d comparisons on %s in %.0f s, failed %d"
                        .formatted(
                                done.get(),
                                round.serving(),
                                (System.nanoTime() - from) / 1e9,
                                traffic.failures()));
    }

    /// One refresh with a little chat going on; gives the release that serves afterwards.
    private String refresh(int number, Users users, String serving, Evaluation evaluation, long end)
            throws ApiException, InterruptedException, DemoFailedException {
        long failedBefore = traffic.failures();
        JsonNode dataset = refreshing.awaitExamples(users.picks());
        Instant from = clock.instant();
        Refreshing.Ended ended;
        SwapFigures swap = SwapFigures.NONE;
        try (Trickle trickle = Trickle.start(api, chance, users, clock, number)) {
            String run = refreshing.begin(dataset, config.seed() + number, config);
            ended = refreshing.awaitEnd(run, end);
            if (ended.release() != null) {
                swap = swapped(ended.release(), trickle, from);
            }
        } catch (ApiException e) {
            ended = notBegun(e);
        }
        double seconds = Duration.between(from, clock.instant()).toMillis() / 1e3;
        long failed = traffic.failures() - failedBefore;
        String release = ended.release();
        if (release == null) {
            String reason = String.valueOf(ended.reason());
            Origin origin = new Origin(null, ended.accuracy(), seconds);
            rows.add(
                    new ReleaseRow(
                            ended.run(),
                            ReleaseRow.Quality.NONE,
                            Live.NONE,
                            origin,
                            SwapFigures.NONE,
                            failed,
                            reason));
            display.line("refresh %d refused after %.0f s: %s".formatted(number, seconds, reason));
            return serving;
        }
        display.status("asking %s about the unseen prompts".formatted(release));
        JsonNode manifest = api.release(release);
        Origin origin =
                new Origin(manifest.path("klToReference").asDouble(), ended.accuracy(), seconds);
        ReleaseRow row = row(release, evaluation.of(release), origin, swap, failed);
        rows.add(row);
        display.line(
                "refresh %d in %.0f s: %s".formatted(number, seconds, ResultTable.oneLine(row)));
        return release;
    }

    /// A refresh that the trainer does not begin, for want of data for example, is refused too.
    private Refreshing.Ended notBegun(ApiException problem) throws ApiException {
        if (problem.status() != 409 && problem.status() != 422) {
            throw problem;
        }
        return new Refreshing.Ended("refresh", null, String.valueOf(problem.getMessage()), null);
    }

    /// Waits until serving has flipped, and measures what streams felt of it.
    private SwapFigures swapped(String release, Trickle trickle, Instant from)
            throws ApiException, InterruptedException, DemoFailedException {
        ReleaseApplied applied =
                swaps.applied(release, SWAP_LIMIT)
                        .orElseThrow(() ->
                                new DemoFailedException(
                                        "serving did not apply %s within %d s"
                                                .formatted(release, SWAP_LIMIT.toSeconds())));
        TimeUnit.MILLISECONDS.sleep(AFTER_FLIP.toMillis());
        String serves = api.rollout().path("primary").asText();
        if (!serves.equals(release)) {
            throw new DemoFailedException(
                    "the run promoted %s, but %s serves".formatted(release, serves));
        }
        Instant begin = applied.at().minusMillis(applied.loadMillis());
        return new SwapFigures(
                applied.loadMillis(),
                applied.flipMicros(),
                p99(trickle.gaps(from, begin)),
                p99(trickle.gaps(begin, applied.at().plus(AFTER_FLIP))));
    }

    private static @Nullable Double p99(double[] millis) {
        return millis.length == 0 ? null : Quantiles.of(millis, 0.99);
    }

    private static ReleaseRow row(
            String id, ReleaseRow.Quality quality, Origin origin, SwapFigures swap, long failed) {
        return new ReleaseRow(id, quality, Live.NONE, origin, swap, failed, null);
    }

    private Report report(Instant started, Preflight preflight, Users users) {
        Outcome outcome = Outcome.of(config.control(), rows, traffic.failures());
        return new Report(
                preference.name(),
                config.control().name().toLowerCase(Locale.ROOT),
                config.seed(),
                started.toString(),
                Duration.between(started, clock.instant()).toMillis() / 1e3,
                Machine.describe(),
                preflight.ties(),
                preflight.bestOf8Gain(),
                users.picks(),
                traffic.requests(),
                traffic.failures(),
                traffic.firstReasons(),
                rows,
                outcome.passed(),
                outcome.verdict(),
                missing);
    }
}
