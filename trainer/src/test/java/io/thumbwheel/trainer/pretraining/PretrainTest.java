package io.thumbwheel.trainer.pretraining;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.schemas.artifact.Safetensors;
import io.thumbwheel.trainer.TrainerConsole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PretrainTest {
    @TempDir private Path folder;
    private final TrainerConsole console = new TrainerConsole();

    @BeforeEach
    void writeData() throws IOException {
        TinyVocabulary.write(folder);
        List<String> lines =
                Collections.nCopies(
                        200, "{\"text\":\"The cat sat on the mat and the dog on the log.\"}");
        Files.write(folder.resolve("train.jsonl"), lines);
        Files.write(folder.resolve("heldout.jsonl"), lines.subList(0, 10));
    }

    @Test
    void learnsAndLeavesAHuggingFaceFolder() throws IOException {
        assertThat(pretrain("run", "--tokens", "60000")).isZero();

        Path latest = folder.resolve("run/latest");
        assertThat(latest.resolve("config.json")).exists();
        assertThat(latest.resolve("tokenizer.json")).exists();
        assertThat(latest.resolve("generation_config.json")).exists();
        List<String> curve = Files.readAllLines(folder.resolve("run/heldout.csv"));
        assertThat(curve.getFirst()).isEqualTo("step,tokens,name,nats_per_token,bits_per_byte");
        String[] last = curve.getLast().split(",");
        assertThat(last[2]).isEqualTo("text");
        // ln 262 = 5.6 nats before.
        assertThat(Double.parseDouble(last[3])).isLessThan(1.5);
    }

    @Test
    void aStoppedRunGoesOnAsIfItHadNotBeen() throws IOException {
        pretrain("whole", "--tokens=4096", "--dropout=0.2");
        pretrain("stopped", "--tokens=4096", "--dropout=0.2", "--stop-after=4");

        assertThat(pretrain("stopped", "--resume", "--dropout=0.2")).isZero();

        assertThat(weights("stopped")).isEqualTo(weights("whole"));
    }

    @Test
    void aRunIsNotOverwritten() {
        pretrain("run", "--tokens", "1024");

        assertThat(pretrain("run", "--tokens", "1024")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(console.err()).contains("holds a run already: --resume it");
    }

    private float[] weights(String run) throws IOException {
        Path file = folder.resolve(run).resolve("latest/model.safetensors");
        try (Safetensors tensors = Safetensors.open(file)) {
            return tensors.floats("model.embed_tokens.weight");
        }
    }

    private int pretrain(String run, String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "pretrain",
                                "--data=" + folder.resolve("train.jsonl"),
                                "--tokenizer=" + folder,
                                "--out=" + folder.resolve(run),
                                "--heldout=text=" + folder.resolve("heldout.jsonl"),
                                "--hidden=32",
                                "--layers=2",
                                "--heads=4",
                                "--kv-heads=2",
                                "--ffn=48",
                                "--context=64",
                                "--batch=8",
                                "--learning-rate=1e-2",
                                "--threads=1"));
        arguments.addAll(List.of(more));
        return console.run(arguments.toArray(String[]::new));
    }
}
