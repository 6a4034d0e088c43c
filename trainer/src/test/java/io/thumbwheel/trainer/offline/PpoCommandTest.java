package io.thumbwheel.trainer.offline;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.trainer.TrainerConsole;
import io.thumbwheel.trainer.model.Llama;
import io.thumbwheel.trainer.model.ScalarModel;
import io.thumbwheel.trainer.reward.Normalisation;
import io.thumbwheel.trainer.reward.RewardModel;
import io.thumbwheel.trainer.store.TinyPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class PpoCommandTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir private Path folder;
    private final TrainerConsole console = new TrainerConsole();

    @BeforeEach
    void writeInput() throws IOException {
        TinyPolicy.write(folder.resolve("policy"), 1);
        List<String> prompts = new ArrayList<>();
        List<String> opinions = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            prompts.add("{\"prompt\":\"Question %d?\"}".formatted(i));
            opinions.add(
                    "{\"prompt\":\"Question %d?\",\"chosen\":\"zz%d\",\"rejected\":\"qq%d\"}"
                            .formatted(i, i % 7, i % 5));
            opinions.add(
                    "{\"prompt\":\"Question %d?\",\"completion\":\"%s\",\"label\":%b}"
                            .formatted(i, i % 2 == 0 ? "zy" : "qp", i % 2 == 0));
        }
        Files.write(folder.resolve("prompts.jsonl"), prompts);
        Files.write(folder.resolve("opinions.jsonl"), opinions);
        float[] head = new float[TinyPolicy.CONFIG.hidden()];
        head[3] = 1;
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Llama policy = Llama.load(manager, folder.resolve("policy"));
                RewardModel reward =
                        new RewardModel(
                                manager,
                                ScalarModel.from(
                                        manager,
                                        policy,
                                        new ScalarModel.Heads(head, new float[head.length])),
                                Normalisation.NONE)) {
            reward.save(folder.resolve("reward"));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Method.class,
            names = {"PPO", "RLOO", "GRPO"})
    void writesAPolicyThatHasLearntFromItsOwnAnswers(Method method) throws IOException {
        assertThat(online(method)).as(console::err).isZero();

        assertLearnt();
        List<String> metrics = Files.readAllLines(folder.resolve("out/metrics.csv"));
        assertThat(metrics.getFirst())
                .startsWith("phase,step,")
                .contains("objective/kl", "objective/scores", "policy/clipfrac_avg");
        assertThat(metrics.getFirst().contains("value/explained_variance"))
                .isEqualTo(method == Method.PPO);
        assertThat(metrics.getLast()).startsWith("ppo,2,");
        JsonNode run = JSON.readTree(folder.resolve("out/run.json").toFile());
        assertThat(run.path("method").asText()).isEqualTo(method.name());
        assertThat(run.path("settings").path("episodes").asInt()).isEqualTo(16);
        assertThat(run.path("data").path(0).path("sha256").asText()).hasSize(64);
        assertThat(console.out()).contains("ppo 2 of 2", "prompts.jsonl: 40 rows used");
    }

    @ParameterizedTest
    @EnumSource(
            value = Method.class,
            names = {"DPO", "KTO", "SFT"})
    void writesAPolicyThatHasLearntFromOpinions(Method method) throws IOException {
        assertThat(run("--method=" + method, "--data=" + folder.resolve("opinions.jsonl")))
                .as(console::err)
                .isZero();

        assertLearnt();
        assertThat(Files.readAllLines(folder.resolve("out/metrics.csv")).getFirst())
                .contains("grad_norm", "learning_rate", "loss");
        assertThat(folder.resolve("out/adapter")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dpo", "kto", "dpo --lora-rank=2"})
    void whatItStaysNearNeedNotBeWhereItBegins(String method) throws IOException {
        TinyPolicy.write(folder.resolve("other"), 2);
        String[] options = (method + " --data=" + folder.resolve("opinions.jsonl")).split(" ");
        options[0] = "--method=" + options[0];
        assertThat(run(options)).as(console::err).isZero();
        String[] near = Arrays.copyOf(options, options.length + 2);
        near[options.length] = "--reference=" + folder.resolve("other");
        near[options.length + 1] = "--out=" + folder.resolve("near");

        assertThat(run(near)).as(console::err).isZero();

        assertThat(Files.mismatch(weights("near"), weights("out"))).isNotNegative();
        assertThat(distance("near", "policy")).isLessThan(0.5 * distance("near", "other"));
        JsonNode settings = JSON.readTree(folder.resolve("near/run.json").toFile());
        assertThat(settings.path("reference").asText()).endsWith("other");
    }

    @Test
    void rolloutsStayNearAnotherPolicyToo() throws IOException {
        TinyPolicy.write(folder.resolve("other"), 2);

        assertThat(
                        online(
                                Method.PPO,
                                "--reference=" + folder.resolve("other"),
                                "--set=limits.maxKl=1000"))
                .as(console::err)
                .isZero();

        assertThat(distance("out", "policy")).isLessThan(0.5 * distance("out", "other"));
        List<String> metrics = Files.readAllLines(folder.resolve("out/metrics.csv"));
        int kl = List.of(metrics.getFirst().split(",")).indexOf("objective/kl");
        assertThat(Double.parseDouble(metrics.get(1).split(",")[kl])).isGreaterThan(0.01);
    }

    @Test
    void aReferenceOfAnotherShapeIsRefused() throws IOException {
        TinyPolicy.write(folder.resolve("other"), 2);
        Path config = folder.resolve("other/config.json");
        Files.writeString(
                config,
                Files.readString(config).replace("\"rope_theta\" : ", "\"rope_theta\" : 1"));

        assertThat(
                        run(
                                "--method=dpo",
                                "--data=" + folder.resolve("opinions.jsonl"),
                                "--reference=" + folder.resolve("other")))
                .isEqualTo(1);

        assertThat(console.err()).contains("config.json of --init", "must have the shape");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    private Path weights(String name) {
        return folder.resolve(name).resolve("model.safetensors");
    }

    /// Greatest difference of a weight.
    private double distance(String one, String other) throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Llama a = Llama.load(manager, folder.resolve(one));
                Llama b = Llama.load(manager, folder.resolve(other))) {
            float[] x = a.parameters().get(2).toFloatArray();
            float[] y = b.parameters().get(2).toFloatArray();
            double greatest = 0;
            for (int i = 0; i < x.length; i++) {
                greatest = Math.max(greatest, Math.abs(x[i] - y[i]));
            }
            return greatest;
        }
    }

    @Test
    void knownAnswersAreGraded() throws IOException {
        Files.writeString(
                folder.resolve("prompts.jsonl"),
                "{\"prompt\":\"Where is the tower?\",\"answers\":[\"Paris\"]}\n",
                StandardOpenOption.APPEND);

        assertThat(online(Method.RLOO)).as(console::err).isZero();

        assertThat(console.out())
                .contains(
                        "1 of 41 prompts have known answers, which are graded", "truthWeight 0.5");
    }

    @Test
    void thePageShowsCurvesAndAnswers() throws IOException {
        online(Method.PPO);

        int code =
                console.run(
                        "report",
                        folder.resolve("out").toString(),
                        "--to=" + folder.resolve("page.html"));

        assertThat(code).as(console::err).isZero();
        String page = Files.readString(folder.resolve("page.html"));
        assertThat(page)
                .contains("<svg", "objective/kl", "Question 3?", "--init")
                .doesNotContain("gate");
        assertThat(console.run("report", folder.resolve("policy").toString(), "--to=x.html"))
                .isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(console.err()).contains("policy has no metrics.csv");
    }

    @Test
    void aLoraRunLeavesItsAdapterToo() throws IOException {
        assertThat(
                        run(
                                "--method=dpo",
                                "--lora-rank=2",
                                "--data=" + folder.resolve("opinions.jsonl")))
                .as(console::err)
                .isZero();

        assertLearnt();
        JsonNode adapter =
                JSON.readTree(folder.resolve("out/adapter/adapter_config.json").toFile());
        assertThat(adapter.path("r").asInt()).isEqualTo(2);
    }

    @Test
    void theTableComparesWhatCameOut() throws IOException {
        online(Method.RLOO);
        int code =
                console.run(
                        "evaluate",
                        "--reference=" + folder.resolve("policy"),
                        "--policy=rloo=" + folder.resolve("out"),
                        "--judge=" + folder.resolve("reward"),
                        "--coach=" + folder.resolve("reward"),
                        "--best-of=4",
                        "--prompts=" + folder.resolve("prompts.jsonl"),
                        "--json=" + folder.resolve("table.json"));

        assertThat(code).as(console::err).isZero();
        JsonNode table = JSON.readTree(folder.resolve("table.json").toFile());
        assertThat(table)
                .extracting(row -> row.path("name").asText())
                .containsExactly("reference", "best of 4", "rloo");
        // ln 4 - 3/4
        assertThat(table.path(1).path("kl").asDouble()).isBetween(0.6362, 0.6364);
        // the judge picked them itself
        assertThat(table.path(1).path("winRate").path("rate").asDouble()).isGreaterThan(0.6);
        assertThat(table.path(0).path("winRate").path("prompts").asInt()).isEqualTo(40);
    }

    @Test
    void aRewardModelWithOtherIdsIsRefused() throws IOException {
        Files.writeString(folder.resolve("reward/tokenizer.json"), "{}");

        assertThat(online(Method.PPO)).isEqualTo(1);

        assertThat(console.err()).contains("tokenizer.json of ", "differ: both models must speak");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--method=PPO;PPO needs --reward and --prompts",
                "--method=DPO;DPO needs --data",
                "--method=DPO --resume;no interrupted run for --out",
                "--method=PPO --resume;no interrupted run for --out",
                "--method=DPO --set=checkpointEvery=0 --data=opinions.jsonl;checkpointEvery must be above 0",
                "--method=KTO --set=nonsense=1 --data=opinions.jsonl;--set nonsense: KTO has objective, beta,",
                "--set=limits.high=1 --reward=reward --prompts=prompts.jsonl;--set limits.high: PPO has estimator, group,",
                "--set=shaping.overlongPenalty=-1 --reward=reward --prompts=prompts.jsonl;overlongPenalty cannot be negative",
                "--method=DPO --set=beta=-1 --data=opinions.jsonl;beta, learning rate and clip norm must be above 0",
                "--method=SFT --reference=other --data=opinions.jsonl;SFT has no --reference",
                "--out=policy;policy exists already"
            })
    void whatMakesNoSenseIsRefused(String line) {
        String[] parts = line.split(";");
        String[] options = parts[0].split(" ");
        for (int i = 0; i < options.length; i++) {
            options[i] =
                    options[i]
                            .replace("--data=", "--data=" + folder + "/")
                            .replace("--reward=", "--reward=" + folder + "/")
                            .replace("--prompts=", "--prompts=" + folder + "/")
                            .replace("--out=", "--out=" + folder + "/");
        }

        assertThat(run(options)).isEqualTo(CommandLine.ExitCode.USAGE);

        assertThat(console.err()).contains(parts[1]);
        assertThat(folder.resolve("out")).doesNotExist();
    }

    private int online(Method method, String... more) {
        List<String> options =
                new ArrayList<>(
                        List.of(
                                "--method=" + method,
                                "--reward=" + folder.resolve("reward"),
                                "--prompts=" + folder.resolve("prompts.jsonl"),
                                "--set=steps=2",
                                "--set=valueSteps=1",
                                "--set=episodes=16",
                                "--set=minibatches=1",
                                "--set=microbatch=8",
                                "--set=maxResponseTokens=8",
                                "--set=policyLearningRate=1e-3"));
        options.addAll(List.of(more));
        return run(options.toArray(String[]::new));
    }

    private void assertLearnt() throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Llama before = Llama.load(manager, folder.resolve("policy"));
                Llama after = Llama.load(manager, folder.resolve("out"))) {
            assertThat(after.config()).isEqualTo(before.config());
            assertThat(after.parameters().get(2).toFloatArray())
                    .isNotEqualTo(before.parameters().get(2).toFloatArray());
        }
        assertThat(folder.resolve("out/tokenizer.json")).exists();
        assertThat(folder.resolve("out/work")).doesNotExist();
    }

    private int run(String... options) {
        List<String> arguments = new ArrayList<>(List.of("ppo"));
        arguments.add("--init=" + folder.resolve("policy"));
        if (List.of(options).stream().noneMatch(option -> option.startsWith("--out="))) {
            arguments.add("--out=" + folder.resolve("out"));
        }
        arguments.addAll(List.of(options));
        return console.run(arguments.toArray(String[]::new));
    }
}
