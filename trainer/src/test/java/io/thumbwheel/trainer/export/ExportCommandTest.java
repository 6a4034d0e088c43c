package io.thumbwheel.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import io.thumbwheel.schemas.artifact.Safetensors;
import io.thumbwheel.schemas.artifact.Safetensors.Precision;
import io.thumbwheel.schemas.text.ChatTemplate;
import io.thumbwheel.trainer.store.GraphExport;
import io.thumbwheel.trainer.store.Import;
import io.thumbwheel.trainer.store.OnnxGraphs;
import io.thumbwheel.trainer.store.ReleaseMaker;
import io.thumbwheel.trainer.store.ReleaseStore;
import io.thumbwheel.trainer.store.TinyPolicy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class ExportCommandTest {
    @TempDir private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void importAndExportGiveEveryFileBack() throws IOException {
        Path policy = TinyPolicy.write(folder.resolve("policy"), 1);
        Path release = imported(policy, new OnnxGraphs());

        assertThat(run(release)).isZero();

        assertThat(out.toString()).startsWith("wrote ").contains("1 weight file, 0.1 MB");
        Path exported = folder.resolve("exported");
        try (var files = Files.list(exported)) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted())
                    .containsExactly(
                            "config.json",
                            "generation_config.json",
                            "model.safetensors",
                            "tokenizer.json",
                            "tokenizer_config.json");
        }
        try (var files = Files.list(exported)) {
            assertThat(files.toList())
                    .allSatisfy(file ->
                            assertThat(file)
                                    .hasSameBinaryContentAs(policy.resolve(file.getFileName())));
        }
    }

    @Test
    void shardsOfBfloat16AreEqualInEveryTensorAtThatPrecision() throws IOException {
        Path policy = TinyPolicy.write(folder.resolve("policy"), 1);

        assertThat(run(policy, "--precision", "bf16", "--shard-size", "20KB")).isZero();
        Path half = folder.resolve("exported");
        assertThat(ModelConfig.read(half)).isEqualTo(TinyPolicy.CONFIG);
        assertThat(
                        JsonMapper.builder()
                                .build()
                                .readTree(half.resolve("config.json").toFile())
                                .path("torch_dtype")
                                .asText())
                .isEqualTo("bfloat16");
        try (Safetensors before = Safetensors.openFolder(policy);
                Safetensors after = Safetensors.openFolder(half)) {
            assertThat(after.entries().keySet()).isEqualTo(before.entries().keySet());
            for (String name : before.entries().keySet()) {
                assertThat(Objects.requireNonNull(after.entries().get(name)).precision())
                        .isEqualTo(Precision.BF16);
                float[] stored = before.floats(name);
                float[] written = after.floats(name);
                for (int i = 0; i < stored.length; i++) {
                    // 8 bits of significand: half a unit in the last place is 2^-9 of the value.
                    assertThat(Math.abs(written[i] - stored[i]))
                            .isLessThanOrEqualTo(Math.abs(stored[i]) / 256);
                }
            }
        }

        // What is bf16 once stays it, through the import of shards, to the bit.
        GraphExport nothing =
                (_, target, _) -> {
                    Files.createFile(target.resolve("model.onnx"));
                    return new GraphExport.Exported(new ReleaseManifest.Parity(0, 0, 0), List.of());
                };
        Path release = imported(half, nothing);
        assertThat(run(release, "--to", folder.resolve("again").toString())).isZero();
        try (Safetensors before = Safetensors.openFolder(half);
                Safetensors after = Safetensors.openFolder(folder.resolve("again"))) {
            for (String name : before.entries().keySet()) {
                assertThat(Objects.requireNonNull(after.entries().get(name)).precision())
                        .isEqualTo(Precision.BF16);
                assertThat(after.floats(name)).isEqualTo(before.floats(name));
            }
        }
    }

    @Test
    void aCheckpointTakesItsTokenizerFromElsewhere() throws IOException {
        Path policy = TinyPolicy.write(folder.resolve("policy"), 1);
        Path checkpoint = folder.resolve("ppo-00003");
        TinyPolicy.writeModel(checkpoint.resolve("policy"), 2);

        assertThat(run(checkpoint)).isEqualTo(1);
        assertThat(err.toString()).contains("has no tokenizer.json").contains("--tokenizer DIR");
        assertThat(folder.resolve("exported")).doesNotExist();

        assertThat(run(checkpoint, "--tokenizer", policy.toString())).isZero();
        assertThat(ChatTemplate.load(folder.resolve("exported")).digest())
                .isEqualTo(ChatTemplate.load(policy).digest());
        assertThat(folder.resolve("exported/model.safetensors"))
                .hasSameBinaryContentAs(checkpoint.resolve("policy/model.safetensors"));
    }

    @Test
    void mistakesAreNamed() throws IOException {
        Path policy = TinyPolicy.write(folder.resolve("policy"), 1);

        assertThat(run(Files.createDirectory(folder.resolve("empty")))).isEqualTo(1);
        assertThat(err.toString()).contains("has no config.json");
        assertThat(run(policy, "--precision", "int8")).isEqualTo(2);
        assertThat(err.toString()).contains("must be fp32, bf16 or fp16, got 'int8'");
        assertThat(run(policy, "--shard-size", "0GB")).isEqualTo(2);
        assertThat(err.toString()).contains("like 2000000000, 2GB or 2GiB, got '0GB'");
        assertThat(run(policy, "--to", policy.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("exists already");
    }

    @Test
    void sizesAreBytesOrHaveAUnit() {
        ExportCommand.Size size = new ExportCommand.Size();

        assertThat(size.convert("123")).isEqualTo(123);
        assertThat(size.convert("2GB")).isEqualTo(2_000_000_000L);
        assertThat(size.convert("500MB")).isEqualTo(500_000_000);
        assertThat(size.convert("1GiB")).isEqualTo(1 << 30);
    }

    private Path imported(Path policy, GraphExport graphs) throws IOException {
        ReleaseStore store = ReleaseStore.open(folder.resolve("releases"), Clock.systemUTC());
        String id = new Import(store, new ReleaseMaker(store, graphs)).beside(policy).id();
        return store.folder(id);
    }

    private int run(Path from, String... options) {
        List<String> arguments = new ArrayList<>(Arrays.asList(options));
        arguments.addFirst(from.toString());
        if (!arguments.contains("--to")) {
            arguments.addAll(List.of("--to", folder.resolve("exported").toString()));
        }
        return new CommandLine(new ExportCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));
    }
}
