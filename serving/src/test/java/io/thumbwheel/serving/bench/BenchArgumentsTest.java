package io.thumbwheel.serving.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.schemas.artifact.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchArgumentsTest {
    @TempDir Path folder;

    @BeforeEach
    void release() throws Exception {
        Files.createFile(folder.resolve("model.onnx"));
    }

    @Test
    void onlyTheReleaseMustBeGiven() {
        BenchArguments arguments = BenchArguments.parse("--release", folder.toString());

        assertThat(arguments.precision()).isEqualTo(Precision.FP32);
        assertThat(arguments.rounds()).isEqualTo(5);
        assertThat(arguments.llama()).isNull();
    }

    @Test
    void whatIsWrongIsSaidByName() {
        String release = folder.toString();
        refused("--release is missing; usage: --release DIR");
        refused("--threads lacks a value", "--release", release, "--threads");
        refused("there is no --speed", "--speed", "9");
        refused("--rounds must be a number above 0, got 'x'", "--rounds", "x");
        refused("--threads must be a number above 0, got '0'", "--threads", "0");
        refused("--precision must be fp32, int8 or int4, got 'fp16'", "--precision", "fp16");
        refused(
                "has no model.int8.onnx: import its checkpoint with `trainer import --quantise int8`",
                "--release",
                release,
                "--precision",
                "int8");
        refused("/nowhere is no folder", "--release", release, "--llama", "/nowhere");
    }

    @Test
    void aFolderWithoutLlamaCppIsRefused() {
        assertThatThrownBy(() -> new LlamaLibrary(folder))
                .isInstanceOf(BenchmarkFailedException.class)
                .hasMessageContaining("has 0 files libggml-base*.so instead of one");
    }

    private static void refused(String message, String... words) {
        assertThatThrownBy(() -> BenchArguments.parse(words))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
