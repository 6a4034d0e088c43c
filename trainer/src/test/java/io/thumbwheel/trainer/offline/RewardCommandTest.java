package io.thumbwheel.trainer.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.trainer.TrainerConsole;
import io.thumbwheel.trainer.reward.Answer;
import io.thumbwheel.trainer.reward.RewardModel;
import io.thumbwheel.trainer.store.TinyPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RewardCommandTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir private Path folder;
    private final TrainerConsole console = new TrainerConsole();

    @BeforeEach
    void writeInput() throws IOException {
        TinyPolicy.write(folder.resolve("policy"), 1);
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            rows.add(
                    "{\"chosen\":\"\\n\\nHuman: Question %d?\\n\\nAssistant: zz%s\",\"rejected\":\"\\n\\nHuman: Question %d?\\n\\nAssistant: qq%s\"}"
                            .formatted(i, "a".repeat(i % 3), i, "a".repeat(i % 4)));
        }
        rows.add("{\"chosen\":");
        Files.write(folder.resolve("data.jsonl"), rows);
    }

    @Test
    void leavesARewardModelThatPrefersWhatPeoplePrefer() throws IOException {
        assertThat(run("--batch=16")).as(console::err).isZero();

        Path model = folder.resolve("out");
        JsonNode evaluation = JSON.readTree(model.resolve("evaluation.json").toFile());
        JsonNode all = evaluation.path("groups").path(0);
        assertThat(all.path("name").asText()).isEqualTo("all");
        assertThat(all.path("reward_model").path("share").asDouble()).isEqualTo(1);
        assertThat(all.path("tf_idf").path("trials").asDouble())
                .isEqualTo(all.path("reward_model").path("trials").asDouble());
        assertThat(all.path("reward_model_minus_longer_wins").path("low").asDouble()).isPositive();
        JsonNode settings = JSON.readTree(model.resolve("run.json").toFile());
        assertThat(settings.path("rows_used").asInt()).isEqualTo(120);
        assertThat(settings.path("problems").path("NOT_JSON").asInt()).isEqualTo(1);
        assertThat(settings.path("learning_rate").asDouble()).isCloseTo(5e-5, within(1e-12));
        List<String> metrics = Files.readAllLines(model.resolve("metrics.csv"));
        assertThat(metrics.getFirst())
                .isEqualTo(
                        "phase,step,accuracy,epoch,grad_norm,learning_rate,loss,margin,mean_reward");
        assertThat(Double.parseDouble(metrics.getLast().split(",")[3])).isEqualTo(1);
        assertThat(model.resolve("tokenizer.json")).exists();
        assertThat(console.out())
                .contains("data.jsonl: 120 rows used", "data.jsonl:121 (", " s a step", "longer");
        assertReads(model);
    }

    @Test
    void foldsJudgeEveryPair() throws IOException {
        assertThat(run("--folds=3")).as(console::err).isZero();

        JsonNode evaluation = JSON.readTree(folder.resolve("out/evaluation.json").toFile());
        JsonNode all = evaluation.path("groups").path(0);
        assertThat(all.path("reward_model").path("trials").asInt()).isEqualTo(120);
        assertThat(console.out()).contains("fold 3 of 3");
        assertReads(folder.resolve("out"));
    }

    @Test
    void thumbsAloneTeachIt() throws IOException {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 160; i++) {
            rows.add(
                    "{\"prompt\":\"Question %d?\",\"completion\":\"%s%s\",\"label\":%b,\"rater\":\"r%d\"}"
                            .formatted(
                                    i,
                                    i % 2 == 0 ? "zz" : "qq",
                                    "a".repeat(i % 3),
                                    i % 2 == 0,
                                    i / 40));
        }
        Files.write(folder.resolve("data.jsonl"), rows);

        assertThat(run("--batch=16")).as(console::err).isZero();

        JsonNode evaluation = JSON.readTree(folder.resolve("out/evaluation.json").toFile());
        JsonNode all = evaluation.path("groups").path(0);
        assertThat(all.path("reward_model").path("trials").asInt()).isBetween(1, 16);
        assertThat(all.path("reward_model").path("share").asDouble()).isGreaterThan(0.7);
        assertReads(folder.resolve("out"));
    }

    @Test
    void rankingsPicksAndRatingsTeachIt() throws IOException {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            String prompt = "{\"prompt\":\"Question %d?\",".formatted(i);
            String answers = "\"completions\":[\"za\",\"zz\",\"aa\"],";
            rows.add(prompt + answers + "\"ranking\":[1,0,2]}");
            rows.add(prompt + answers + "\"best\":1}");
            rows.add(
                    prompt
                            + "\"completion\":\"%s\",\"rating\":%d}"
                                    .formatted(i % 2 == 0 ? "zzz" : "a", i % 2 == 0 ? 7 : 2));
        }
        Files.write(folder.resolve("data.jsonl"), rows);

        assertThat(run("--batch=16")).as(console::err).isZero();

        JsonNode evaluation = JSON.readTree(folder.resolve("out/evaluation.json").toFile());
        JsonNode all = evaluation.path("groups").path(0);
        assertThat(all.path("reward_model").path("share").asDouble()).isGreaterThan(0.8);
        assertReads(folder.resolve("out"));
    }

    @Test
    void ratingsAloneHaveNoAccuracyToTell() throws IOException {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            rows.add(
                    "{\"prompt\":\"Question %d?\",\"completion\":\"%s\",\"rating\":%d}"
                            .formatted(i, i % 2 == 0 ? "zzz" : "a", i % 2 == 0 ? 7 : 2));
        }
        Files.write(folder.resolve("data.jsonl"), rows);

        assertThat(run("--batch=16")).as(console::err).isZero();

        assertThat(Files.readAllLines(folder.resolve("out/metrics.csv")).getFirst())
                .isEqualTo("phase,step,epoch,grad_norm,learning_rate,loss,mean_reward");
        assertReads(folder.resolve("out"));
    }

    @Test
    void anEnsembleIsReadAsOneRewardModel() throws IOException {
        assertThat(run("--batch=16", "--ensemble=2", "--length-free")).as(console::err).isZero();

        Path model = folder.resolve("out");
        JsonNode evaluation = JSON.readTree(model.resolve("evaluation.json").toFile());
        assertThat(evaluation.at("/groups/0/reward_model/share").asDouble()).isGreaterThan(0.8);
        JsonNode normalisation = JSON.readTree(model.resolve("normalisation.json").toFile());
        assertThat(normalisation.path("members").asInt()).isEqualTo(2);
        assertThat(normalisation.path("length_slope").isNumber()).isTrue();
        assertThat(
                        Files.mismatch(
                                model.resolve("member-1/model.safetensors"),
                                model.resolve("member-2/model.safetensors")))
                .isNotNegative();
        assertReads(model);
        assertReads(model.resolve("member-2"));
    }

    @Test
    void whatExistsIsNotOverwritten() throws IOException {
        Files.createDirectory(folder.resolve("out"));

        assertThat(run()).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(console.err()).contains("out exists already: name another --out");
    }

    @Test
    void dataWithoutAComparisonIsRefused() throws IOException {
        Files.writeString(folder.resolve("data.jsonl"), "{\"prompt\":\"a\",\"completion\":\"b\"}");

        assertThat(run()).isEqualTo(1);
        assertThat(console.err())
                .contains("nothing in ", "data.jsonl can be used", "no comparison, left out: 1");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void padEqualToEosIsRefused() throws IOException {
        replace("policy/tokenizer_config.json", "\"<|pad|>\"", "\"<|eos|>\"");

        assertThat(run()).isEqualTo(1);
        assertThat(console.err()).contains("pad and eos of ", "are both id 2");
    }

    @Test
    void aPolicyWithoutPadIsRefused() throws IOException {
        replace("policy/tokenizer_config.json", "\"pad_token\":\"<|pad|>\"", "\"pad_token\":null");

        assertThat(run()).isEqualTo(1);
        assertThat(console.err()).contains("tokenizer_config.json names no pad_token");
    }

    @Test
    void aTokenizerOfAnotherModelIsRefused() throws IOException {
        replace("policy/config.json", "\"vocab_size\" : 264", "\"vocab_size\" : 263");

        assertThat(run()).isEqualTo(1);
        assertThat(console.err()).contains("has 264 ids but config.json says vocab_size 263");
    }

    private void assertReads(Path model) throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                RewardModel read = RewardModel.load(manager, model)) {
            Answer answer = new Answer(List.of(1, 3, 70, 4), List.of(71, 2));

            assertThat(read.scores(List.of(answer))[0]).isFinite();
        }
    }

    private void replace(String name, String from, String to) throws IOException {
        Path file = folder.resolve(name);
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
    }

    private int run(String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "reward",
                                "--init=" + folder.resolve("policy"),
                                "--data=" + folder.resolve("data.jsonl"),
                                "--out=" + folder.resolve("out"),
                                "--threads=1"));
        arguments.addAll(List.of(more));
        return console.run(arguments.toArray(String[]::new));
    }
}
