package io.thumbwheel.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.trainer.TrainerConsole;
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

class OptionsFileTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir private Path folder;
    private final TrainerConsole console = new TrainerConsole();

    @BeforeEach
    void writeInput() throws IOException {
        TinyPolicy.write(folder.resolve("policy"), 1);
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            rows.add("{\"prompt\":\"Question %d?\",\"completion\":\"yes\"}".formatted(i));
        }
        Files.write(folder.resolve("first file.jsonl"), rows);
        Files.write(folder.resolve("second.jsonl"), rows.subList(0, 3));
    }

    @Test
    void whatARunLeavesGivesTheSameRunAgain() throws IOException {
        assertThat(
                        console.run(
                                "sft",
                                "--init=" + folder.resolve("policy"),
                                "--data=" + folder.resolve("first file.jsonl"),
                                "--data=" + folder.resolve("second.jsonl"),
                                "--steps=3",
                                "--lora-rank=2",
                                "--fp32",
                                "--out=" + folder.resolve("one")))
                .as(console::err)
                .isZero();
        assertThat(Files.readAllLines(folder.resolve("one/run.args")))
                .startsWith("# ./thumbwheel trainer sft --config run.args")
                .contains(
                        "--data=" + folder.resolve("first file.jsonl"),
                        "--data=" + folder.resolve("second.jsonl"),
                        "--steps=3",
                        "--fp32",
                        "--seed=1")
                .doesNotContain("--help");

        assertThat(
                        console.run(
                                "sft",
                                "--out",
                                folder.resolve("two").toString(),
                                "--config",
                                folder.resolve("one/run.args").toString()))
                .as(console::err)
                .isZero();

        assertThat(folder.resolve("two/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("one/model.safetensors"));
        assertThat(folder.resolve("two/adapter/adapter_model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("one/adapter/adapter_model.safetensors"));
        assertThat(Files.readAllLines(folder.resolve("two/metrics.csv")))
                .hasSize(4)
                .first()
                .isEqualTo("phase,step,grad_norm,learning_rate,loss");
        assertThat(
                        JSON.readTree(folder.resolve("two/adapter/adapter_config.json").toFile())
                                .path("r")
                                .asInt())
                .isEqualTo(2);
    }

    @Test
    void anOptionOnTheCommandLineWins() throws IOException {
        Files.writeString(
                folder.resolve("run.args"),
                "--init=%s%n--data=%s%n--steps=1000000%n--out=%s%n"
                        .formatted(
                                folder.resolve("policy"),
                                folder.resolve("second.jsonl"),
                                folder.resolve("out")));

        assertThat(console.run("sft", "--config=" + folder.resolve("run.args"), "--steps=2"))
                .as(console::err)
                .isZero();

        assertThat(Files.readAllLines(folder.resolve("out/metrics.csv"))).hasSize(3);
    }

    @Test
    void aFileThatIsMissingIsNamed() {
        assertThat(console.run("sft", "--config")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(console.err()).contains("--config needs a file as a run leaves it (run.args)");

        assertThat(console.run("sft", "--config", folder.resolve("none.args").toString()))
                .isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(console.err()).contains("none.args");
    }
}
