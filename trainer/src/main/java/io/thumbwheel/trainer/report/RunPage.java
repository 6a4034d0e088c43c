package io.thumbwheel.trainer.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.RenderResult;
import io.thumbwheel.schemas.text.ChatTemplate;
import io.thumbwheel.schemas.text.PromptReader;
import io.thumbwheel.trainer.ppo.SampledPair;
import io.thumbwheel.trainer.run.RunRecord;
import io.thumbwheel.trainer.run.StepLog.Step;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;

/// A run as one HTML file that needs nothing else: verdict, curves, answers before and after,
/// configuration.
final class RunPage {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /// What a person looks at first, in this order; the rest is folded away.
    private static final List<String> FIRST =
            List.of(
                    "objective/scores",
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

    private final RunRecord run;
    private final List<Step> steps;
    private final List<SampledPair> samples;
    private final Optional<ChatTemplate> template;
    private final Optional<PromptReader> reader;

    /// @param template of the serving release; empty where it is gone, and answers stay ids
    RunPage(
            RunRecord run,
            List<Step> steps,
            List<SampledPair> samples,
            Optional<ChatTemplate> template) {
        this.run = run;
        this.steps = List.copyOf(steps);
        this.samples = List.copyOf(samples);
        this.template = template;
        this.reader = template.map(PromptReader::of);
    }

    /// The page.
    String html() throws IOException {
        Map<String, Object> bindings = new HashMap<>();
        bindings.put("title", run.run() + ": " + RunTables.stateOf(run));
        bindings.put("facts", rows(RunTables.facts(run)));
        bindings.put("verdict", verdict());
        bindings.put("scores", rows(numbers(run.progress().metrics())));
        bindings.put("phases", phases());
        bindings.put("samples", samples.stream().map(this::sample).toList());
        bindings.put("decoded", template.isPresent());
        bindings.put("config", config());
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

    /// What the gate said last; empty where the run came to none.
    private String verdict() {
        return steps.stream()
                .filter(step -> step.phase().equals("gate"))
                .reduce((_, last) -> last)
                .map(Step::note)
                .orElse("");
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

    private Map<String, Object> sample(SampledPair pair) {
        return Map.of(
                "prompt", prompt(pair.promptIds()),
                "before", text(pair.before()),
                "after", text(pair.after()),
                "score_before", LineChart.number(pair.scoreBefore()),
                "score_after", LineChart.number(pair.scoreAfter()));
    }

    private String prompt(List<Integer> ids) {
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

    private String config() {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(run.spec().config());
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
                Objects.requireNonNull(RunPage.class.getResourceAsStream(name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
