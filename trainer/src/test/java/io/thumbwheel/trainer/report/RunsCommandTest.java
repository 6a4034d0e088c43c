package io.thumbwheel.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.text.ChatTemplate;
import io.thumbwheel.trainer.ppo.RefreshConfig;
import io.thumbwheel.trainer.store.TinyPolicy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class RunsCommandTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String RUN = "run-20260501-100000-0123abcd";

    @TempDir private Path data;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /// A run as the service leaves it.
    @BeforeEach
    void write() throws IOException {
        Path folder = Files.createDirectories(data.resolve("trainer/runs").resolve(RUN));
        ObjectNode run = JSON.createObjectNode();
        run.putObject("spec")
                .put("run", RUN)
                .put("created_at", "2026-05-01T10:00:00Z")
                .put("seed", 5)
                .put("ordinal", 1)
                .putNull("kl_coefficient")
                .put("reference", "r0-00000000")
                .put("serving", "r0-00000000")
                .put("dataset_hash", "abc")
                .<ObjectNode>set("until", JSON.readTree("{\"examples.v1\":{\"0\":7}}"))
                .<ObjectNode>set("dataset", JSON.readTree("{\"train\":40}"))
                .<ObjectNode>set("config", JSON.valueToTree(RefreshConfig.standard()));
        run.put("state", "refused")
                .put("attempts", 1)
                .put("ended_at", "2026-05-01T10:03:00Z")
                .putNull("release")
                .put("reason", "KL to r0 is <11.00> nats");
        run.putObject("progress")
                .put("phase", "refused")
                .put("step", 1)
                .put("steps", 1)
                .putObject("metrics")
                .put("gate/kl", 11)
                .put("coach/age/q1/accuracy", 0.75)
                .put("coach/age/q1/pairs", 40)
                .put("coach/arm/r0-00000000/accuracy", 0.5)
                .put("coach/arm/r0-00000000/pairs", 10)
                .put("coach/unseen/accuracy", 0.6)
                .put("gold/accuracy", 0.7)
                .put("gold/pairs", 100)
                .put("raters/judge/examples_share", 0.5)
                .put("raters/judge/weight_share", 0.125)
                .put("gate/win_rate_vs_reference", 0.66);
        Files.write(folder.resolve("run.json"), JSON.writeValueAsBytes(run));
        Files.writeString(
                folder.resolve("steps.jsonl"),
                """
                {"at":"2026-05-01T10:01:00Z","phase":"ppo","step":1,"steps":2,"metrics":{"objective/kl":0.5,"eps":9.0},"note":""}
                {"at":"2026-05-01T10:02:00Z","phase":"ppo","step":2,"steps":2,"metrics":{"objective/kl":1.25,"eps":8.0},"note":""}
                {"at":"2026-05-01T10:03:00Z","phase":"gate","step":1,"steps":1,"metrics":{"gate/kl":11.0},"note":"KL to r0 is <11.00> nats"}
                """);
    }

    @Test
    void listsRunsWithWhatTheGateSaw() {
        assertThat(run()).isZero();

        assertThat(out.toString().lines())
                .hasSize(2)
                .last()
                .asString()
                .matches(
                        RUN
                                + " 2026-05-01T10:00:00Z request +3\\.0 refused +- +0\\.6600 +- +11  KL to r0 is <11.00> nats");
    }

    @Test
    void showsEveryMetricByPhase() {
        assertThat(run("show", RUN)).isZero();

        assertThat(out.toString())
                .contains("state        refused\n", "offsets      examples.v1/0=7\n")
                .containsPattern(
                        "ppo: 2 steps\n  eps +8   from 9\n  objective/kl +1.250   from 0.5000")
                .containsPattern("gate: 1 step\n  KL to r0 is <11.00> nats\n  gate/kl +11\n");
    }

    @Test
    void thePageHasCurvesVerdictConfigurationAndAnswers() throws IOException {
        Path release = TinyPolicy.write(data.resolve("releases/r0-00000000"), 1);
        samples(ChatTemplate.load(release));
        Path page = data.resolve("run.html");

        assertThat(run("report", RUN, "--to", page.toString())).isZero();

        assertThat(Files.readString(page))
                .contains("<p class=\"verdict\">KL to r0 is &lt;11.00&gt; nats</p>")
                .contains("aria-label=\"objective/kl\"", "52.0,132.0 292.0,22.0")
                .contains("maxKl", "anchors")
                .contains(
                        "<tr><td>gold set</td><td>100</td><td>70.0%</td><td>60.4% to 78.1%</td></tr>",
                        "<tr><td>age q1</td><td>40</td><td>75.0%</td><td>59.8% to 85.8%</td></tr>",
                        "<tr><td>arm r0-00000000</td><td>10</td><td>50.0%</td>")
                .doesNotContain("the coach before", "<td>unseen")
                .contains("<tr><td>judge</td><td>50.0%</td><td>12.5%</td></tr>")
                .contains("<td>user: A &lt;b&gt;dog&lt;/b&gt; {{ 7 * 7 }}?</td>")
                .contains(
                        "<td>Wuff <small>-0.5000</small></td><td>Wuff! <small>0.7500</small></td>")
                .doesNotContain("http://", "https://", "<script", "49");
    }

    @Test
    void withoutTheReleaseAnswersStayIds() throws IOException {
        samples(ChatTemplate.load(TinyPolicy.write(data.resolve("elsewhere"), 1)));
        Path page = data.resolve("run.html");

        assertThat(run("report", RUN, "--to", page.toString())).isZero();

        assertThat(Files.readString(page)).contains("as token ids", "<td>[95, 125, 110, 110, 2]");
    }

    @Test
    void mistakesAreNamed() {
        assertThat(run("show", "run-1")).isEqualTo(2);
        assertThat(err.toString()).contains("there is no run 'run-1'", "`trainer runs` lists them");
        assertThat(
                        new CommandLine(new RunsCommand())
                                .setErr(new PrintWriter(err, true))
                                .execute("--data", data.resolve("none").toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("has no trainer/runs");
    }

    private void samples(ChatTemplate template) throws IOException {
        ObjectNode pair = JSON.createObjectNode();
        pair.set(
                "prompt_ids",
                JSON.valueToTree(
                        template.prompt(
                                List.of(new Message("user", "A <b>dog</b> {{ 7 * 7 }}?")))));
        pair.set("before", JSON.valueToTree(ended(template, "Wuff")));
        pair.set("after", JSON.valueToTree(ended(template, "Wuff!")));
        pair.put("score_before", -0.5).put("score_after", 0.75);
        Files.write(
                data.resolve("trainer/runs").resolve(RUN).resolve("samples.json"),
                JSON.writeValueAsBytes(List.of(pair)));
    }

    private static List<Integer> ended(ChatTemplate template, String text) {
        List<Integer> ids = new ArrayList<>(template.tokenizer().encode(text));
        ids.add(template.eos());
        return ids;
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", data.toString()));
        return new CommandLine(new RunsCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }
}
