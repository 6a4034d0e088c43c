package io.thumbwheel.trainer.report;

import io.thumbwheel.trainer.run.RunRecord;
import io.thumbwheel.trainer.run.StepLog.Step;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Runs as text for a terminal.
final class RunTables {
    private RunTables() {}

    /// One line a run: when, how it ended, and what the gate saw.
    static void list(List<RunRecord> runs, PrintWriter out) {
        out.printf(
                "%-28s %-20s %-8s %8s %-10s %-12s %9s %9s %8s  %s%n",
                "run", "begun", "by", "minutes", "state", "release", "win r0", "win now", "KL",
                "reason");
        for (RunRecord run : runs) {
            SortedMap<String, Double> metrics = run.progress().metrics();
            String release = run.release();
            String reason = run.reason();
            out.printf(
                    "%-28s %-20s %-8s %8s %-10s %-12s %9s %9s %8s  %s%n",
                    run.run(),
                    run.spec().createdAt().truncatedTo(ChronoUnit.SECONDS),
                    run.spec().trigger(),
                    minutes(run),
                    stateOf(run),
                    release == null ? "-" : release,
                    number(metrics.get("gate/win_rate_vs_reference")),
                    number(metrics.get("gate/win_rate_vs_serving")),
                    number(metrics.get("gate/kl")),
                    reason == null ? "" : reason);
        }
        out.flush();
    }

    /// What was asked, how it ended, and every metric of every phase.
    static void show(RunRecord run, List<Step> steps, PrintWriter out) {
        facts(run).forEach((name, value) -> out.printf("%-12s %s%n", name, value));
        phases(steps)
                .forEach((phase, done) -> {
                    Step last = done.getLast();
                    out.printf(
                            "%n%s: %d step%s%n", phase, done.size(), done.size() == 1 ? "" : "s");
                    if (!last.note().isEmpty()) {
                        out.printf("  %s%n", last.note());
                    }
                    series(done)
                            .forEach((metric, values) ->
                                    out.printf(
                                            "  %-44s %12s%s%n",
                                            metric,
                                            LineChart.number(values.getLast().value()),
                                            values.size() == 1
                                                    ? ""
                                                    : "   from "
                                                            + LineChart.number(
                                                                    values.getFirst().value())));
                });
        if (!run.progress().metrics().isEmpty()) {
            out.printf("%n%s%n", run.progress().phase());
            run.progress()
                    .metrics()
                    .forEach((metric, value) ->
                            out.printf("  %-44s %12s%n", metric, LineChart.number(value)));
        }
        out.flush();
    }

    /// What a run was asked and how it stands, in words.
    static SequencedMap<String, String> facts(RunRecord run) {
        SequencedMap<String, String> facts = new LinkedHashMap<>();
        String release = run.release();
        String reason = run.reason();
        facts.put("run", run.run());
        facts.put("state", stateOf(run));
        if (release != null) {
            facts.put("release", release);
        }
        if (reason != null) {
            facts.put("reason", reason);
        }
        facts.put("begun", run.spec().createdAt().toString());
        facts.put("by", run.spec().trigger().toString());
        facts.put("minutes", minutes(run));
        facts.put("from", run.spec().serving());
        facts.put("reference", run.spec().reference());
        facts.put("examples", run.spec().dataset().toString());
        facts.put("dataset", run.spec().datasetHash());
        facts.put("offsets", run.spec().until().toString());
        facts.put("seed", String.valueOf(run.spec().seed()));
        facts.put("attempts", String.valueOf(run.attempts()));
        return facts;
    }

    /// Steps by phase, in order.
    static SequencedMap<String, List<Step>> phases(List<Step> steps) {
        SequencedMap<String, List<Step>> phases = new LinkedHashMap<>();
        steps.forEach(
                step -> phases.computeIfAbsent(step.phase(), _ -> new ArrayList<>()).add(step));
        return phases;
    }

    /// The values of each metric over the steps of a phase.
    static SortedMap<String, List<LineChart.Point>> series(List<Step> steps) {
        SortedMap<String, List<LineChart.Point>> series = new TreeMap<>();
        for (Step step : steps) {
            for (Map.Entry<String, Double> metric : step.metrics().entrySet()) {
                series.computeIfAbsent(metric.getKey(), _ -> new ArrayList<>())
                        .add(new LineChart.Point(step.step(), metric.getValue()));
            }
        }
        return series;
    }

    static String stateOf(RunRecord run) {
        return run.state().name().toLowerCase(Locale.ROOT);
    }

    private static String minutes(RunRecord run) {
        Instant end = run.endedAt();
        if (end == null) {
            return "-";
        }
        double minutes = Duration.between(run.spec().createdAt(), end).toMillis() / 60_000.0;
        return String.format(Locale.ROOT, "%.1f", minutes);
    }

    private static String number(@Nullable Double value) {
        return value == null ? "-" : LineChart.number(value);
    }
}
