package io.thumbwheel.trainer.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.RenderResult;
import io.thumbwheel.schemas.text.ChatTemplate;
import io.thumbwheel.schemas.text.PromptReader;
import io.thumbwheel.schemas.text.UnsupportedTokenizerException;
import io.thumbwheel.trainer.cli.MetricsTable;
import io.thumbwheel.trainer.cli.OptionsFile;
import io.thumbwheel.trainer.evaluation.WilsonInterval;
import io.thumbwheel.trainer.ppo.SampledPair;
import io.thumbwheel.trainer.run.RunRecord;
import io.thumbwheel.trainer.run.StepLog.Step;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A run as one HTML file that needs nothing else: verdict, curves, answers before and after,
/// configuration.
///
/// @param title of the page
/// @param facts what was asked and how it ended
/// @param verdict the gate's, empty where the run came to none; absent where there is no gate
/// @param scores what was measured at the end
/// @param steps in order
/// @param samples answers before and after
/// @param template of the answers' release; empty where it is gone, and answers stay ids
/// @param config as it was in force
record ReportPage(
        String title,
        SequencedMap<String, String> facts,
        Optional<String> verdict,
        Map<String, Double> scores,
        List<Step> steps,
        List<SampledPair> samples,
        Optional<ChatTemplate> template,
        String config) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /// What a person looks at first, in this order; the rest is folded away.
    private static final List<String> FIRST =
            List.of(
                    "objective/scores",
                    "objective/judge_scores",
                    "objective/judge_gap",
                    "objective/rlhf_reward",
                    "objective/kl",
                    "objective/kl_coef",
                    "policy/entropy_avg",
                    "episode/length",
                    "episode/eos_share",
                    "episode/distinct2",
                    "loss/policy_avg",
                    "loss/value_avg",
                    "value/explained_variance",
                    "policy/clipfrac_avg");

    private static final Pattern GROUP = Pattern.compile("(raters/(\\w+))/examples_share");

    private static final Pattern BROKEN_DOWN =
            Pattern.compile("(coach/(age|arm|length|kind)/([^/]+))/accuracy");

    ReportPage {
        steps = List.copyOf(steps);
        samples = List.copyOf(samples);
    }

    /// Of a platform's refresh.
    ///
    /// @param template of the serving release
    static ReportPage ofRun(
            RunRecord run,
            List<Step> steps,
            List<SampledPair> samples,
            Optional<ChatTemplate> template) {
        String verdict =
                steps.stream()
                        .filter(step -> step.phase().equals("gate"))
                        .reduce((_, last) -> last)
                        .map(Step::note)
                        .orElse("");
        return new ReportPage(
                run.run() + ": " + RunTables.stateOf(run),
                RunTables.facts(run),
                Optional.of(verdict),
                run.progress().metrics(),
                steps,
                samples,
                template,
                pretty(run.spec().config()));
    }

    /// Of what a training command leaves: `metrics.csv`, `run.args`, and where they are there
    /// `run.json`, `samples.json` and the tokenizer.
    ///
    /// @throws IOException where it left no metrics
    static ReportPage ofFolder(Path folder) throws IOException {
        SequencedMap<String, String> facts = new LinkedHashMap<>();
        for (String line : Files.readAllLines(folder.resolve(OptionsFile.NAME))) {
            int equals = line.indexOf('=');
            if (line.startsWith("--")) {
                facts.merge(
                        equals < 0 ? line : line.substring(0, equals),
                        equals < 0 ? "yes" : line.substring(equals + 1),
                        (one, other) -> one + ", " + other);
            }
        }
        List<Step> steps = new ArrayList<>();
        for (MetricsTable.Row row : MetricsTable.read(folder.resolve(MetricsTable.NAME))) {
            steps.add(new Step(Instant.EPOCH, row.phase(), row.step(), 0, row.metrics(), ""));
        }
        Path samples = folder.resolve(SampledPair.FILE);
        Path run = folder.resolve("run.json");
        return new ReportPage(
                String.valueOf(folder.getFileName()),
                facts,
                Optional.empty(),
                Map.of(),
                steps,
                Files.exists(samples) ? SampledPair.read(samples) : List.of(),
                templateOf(folder),
                Files.exists(run) ? Files.readString(run) : "");
    }

    /// The chat template of a folder with a tokenizer; empty where there is none that can be read.
    static Optional<ChatTemplate> templateOf(Path folder) {
        try {
            return Optional.of(ChatTemplate.load(folder));
        } catch (UnsupportedTokenizerException gone) {
            return Optional.empty();
        }
    }

    /// The page.
    String html() throws IOException {
        Map<String, Object> bindings = new HashMap<>();
        bindings.put("title", title);
        bindings.put("facts", rows(facts));
        bindings.put("gate", verdict.isPresent());
        bindings.put("verdict", verdict.orElse(""));
        bindings.put("scores", rows(numbers(scores)));
        bindings.put("groups", groups());
        bindings.put("accuracies", accuracies());
        bindings.put("phases", phases());
        Optional<PromptReader> reader = template.map(PromptReader::of);
        bindings.put("samples", samples.stream().map(pair -> sample(pair, reader)).toList());
        bindings.put("decoded", template.isPresent());
        bindings.put("config", config);
        // A value with braces in it stays what it is.
        Jinjava jinja =
                new Jinjava(
                        JinjavaConfig.newBuilder().withNestedInterpretationEnabled(false).build());
        RenderResult page = jinja.renderForResult(resource("run.html"), bindings);
        if (!page.getErrors().isEmpty()) {
            throw new IllegalStateException("the page's template fails: " + page.getErrors());
        }
        return page.getOutput();
    }

    /// What each group of raters gave, where the run got as far as to weigh them.
    private List<Map<String, String>> groups() {
        List<Map<String, String>> groups = new ArrayList<>();
        scores.forEach((name, share) -> {
            Matcher group = GROUP.matcher(name);
            if (group.matches()) {
                double weight = scores.getOrDefault(group.group(1) + "/weight_share", 0.0);
                groups.add(
                        Map.of(
                                "name",
                                group.group(2),
                                "examples",
                                percent(share),
                                "weight",
                                percent(weight)));
            }
        });
        return groups;
    }

    /// How often the coach is right on whom it did not learn from, where it was measured.
    private List<Map<String, String>> accuracies() {
        List<Map<String, String>> rows = new ArrayList<>();
        addAccuracy(rows, "gold set", "gold/accuracy", "gold/pairs");
        addAccuracy(rows, "gold set, the coach before", "gold/earlier_accuracy", "gold/pairs");
        for (String name : new TreeSet<>(scores.keySet())) {
            Matcher group = BROKEN_DOWN.matcher(name);
            if (group.matches()) {
                addAccuracy(
                        rows,
                        group.group(2) + " " + group.group(3),
                        name,
                        group.group(1) + "/pairs");
            }
        }
        return rows;
    }

    private void addAccuracy(
            List<Map<String, String>> rows, String name, String accuracy, String pairs) {
        Double share = scores.get(accuracy);
        double trials = scores.getOrDefault(pairs, 0.0);
        if (share != null) {
            WilsonInterval interval = WilsonInterval.of(share * trials, trials);
            rows.add(
                    Map.of(
                            "name", name,
                            "pairs", LineChart.number(trials),
                            "accuracy", percent(share),
                            "low", percent(interval.low()),
                            "high", percent(interval.high())));
        }
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }

    private List<Map<String, Object>> phases() {
        List<Map<String, Object>> phases = new ArrayList<>();
        RunTables.phases(steps)
                .forEach((name, done) -> {
                    SortedMap<String, List<LineChart.Point>> series = RunTables.series(done);
                    List<String> first = new ArrayList<>();
                    for (String metric : FIRST) {
                        List<LineChart.Point> points = series.remove(metric);
                        if (points != null) {
                            first.add(svg(metric, points));
                        }
                    }
                    List<String> others = new ArrayList<>();
                    series.forEach((metric, points) -> others.add(svg(metric, points)));
                    if (done.size() > 1) {
                        phases.add(
                                Map.of(
                                        "name",
                                        name,
                                        "steps",
                                        done.size(),
                                        "first",
                                        first.isEmpty() ? others : first,
                                        "others",
                                        first.isEmpty() ? List.of() : others));
                    }
                });
        return phases;
    }

    private static String svg(String metric, List<LineChart.Point> points) {
        return new LineChart(metric.replaceAll("[<>&\"]", ""), points).svg();
    }

    private Map<String, Object> sample(SampledPair pair, Optional<PromptReader> reader) {
        return Map.of(
                "prompt", prompt(pair.promptIds(), reader),
                "before", text(pair.before()),
                "after", text(pair.after()),
                "score_before", LineChart.number(pair.scoreBefore()),
                "score_after", LineChart.number(pair.scoreAfter()));
    }

    private String prompt(List<Integer> ids, Optional<PromptReader> reader) {
        return reader.flatMap(known -> known.messages(ids))
                .map(turns ->
                        turns.stream()
                                .map(turn -> turn.role() + ": " + turn.content())
                                .collect(Collectors.joining("\n")))
                .orElseGet(() -> text(ids));
    }

    private String text(List<Integer> ids) {
        return template.map(chat -> chat.tokenizer().decode(ids)).orElseGet(ids::toString);
    }

    private static String pretty(Object config) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(config);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a configuration can be written: it was read", e);
        }
    }

    private static Map<String, String> numbers(Map<String, Double> metrics) {
        Map<String, String> numbers = new LinkedHashMap<>();
        metrics.forEach((name, value) -> numbers.put(name, LineChart.number(value)));
        return numbers;
    }

    private static List<Map<String, String>> rows(Map<String, String> values) {
        return values.entrySet().stream()
                .map(value -> Map.of("name", value.getKey(), "value", value.getValue()))
                .toList();
    }

    private static String resource(String name) throws IOException {
        try (InputStream stream =
                Objects.requireNonNull(ReportPage.class.getResourceAsStream(name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
