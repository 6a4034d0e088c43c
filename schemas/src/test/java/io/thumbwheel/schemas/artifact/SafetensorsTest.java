package io.thumbwheel.schemas.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
    @TempDir private Path folder;

    @Test
    void readsBackWhatItWrote() throws IOException {
        Path file = folder.resolve("model.safetensors");
        float[] values = {0, -0f, 1.5f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NaN};

        write(file, Safetensors.Precision.F32, values);

        try (Safetensors read = Safetensors.open(file)) {
            assertThat(read.floats("weight")).isEqualTo(values);
            assertThat(read.entries())
                    .hasEntrySatisfying(
                            "weight", entry -> assertThat(entry.shape()).containsExactly(2L, 3L));
            assertThat(read.metadata()).containsEntry("format", "pt").containsEntry("step", "7");
        }
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void halfPrecisionRoundsToTheNearestEven() throws IOException {
        Path bfloat16 = folder.resolve("b");
        Path float16 = folder.resolve("h");
        // bfloat16 has 7 fraction bits: 1 + 1/256 lies half-way between 1 and 1 + 1/128, and
        // 1 + 3/256 half-way between 1 + 1/128 and 1 + 1/64.
        float[] values = {1 + 1f / 256, 1 + 3f / 256, -2, 0.1f, 1e30f, 0};

        write(bfloat16, Safetensors.Precision.BF16, values);
        write(float16, Safetensors.Precision.F16, new float[] {1, -2, 0.5f, 65504, 0, 0});

        try (Safetensors read = Safetensors.open(bfloat16)) {
            assertThat(read.floats("weight"))
                    .containsExactly(
                            1,
                            1 + 1f / 64,
                            -2,
                            Float.intBitsToFloat(0x3dcd << 16),
                            Float.intBitsToFloat(0x714a << 16),
                            0);
        }
        try (Safetensors read = Safetensors.open(float16)) {
            assertThat(read.floats("weight")).containsExactly(1, -2, 0.5f, 65504, 0, 0);
        }
    }

    @Test
    void aWrongNameOrShapeIsNamed() throws IOException {
        Path file = folder.resolve("model.safetensors");
        write(file, Safetensors.Precision.F32, new float[6]);

        try (Safetensors read = Safetensors.open(file)) {
            FloatBuffer target = FloatBuffer.allocate(6);
            assertThatThrownBy(() -> read.read("bias", List.of(6L), target))
                    .isInstanceOf(UnsupportedModelException.class)
                    .hasMessageContaining("no tensor bias");
            assertThatThrownBy(() -> read.read("weight", List.of(3L, 2L), target))
                    .isInstanceOf(UnsupportedModelException.class)
                    .hasMessageContaining("shape [2, 3] but config.json means [3, 2]");
        }
    }

    @Test
    void brokenFilesAreRefused() throws IOException {
        assertRefused(new byte[3], "it has 3 bytes");
        assertRefused(header("{}", 1_000), "its header claims 1000 bytes");
        assertRefused(header("{]", 2), "not JSON");
        assertRefused(entry("F64", 0, 8), "dtype F64");
        assertRefused(entry("F32", 0, 8), "claims bytes 0 to 8 of 0");
        assertRefused(entry("F32", -4, 0), "claims bytes -4 to 0");
    }

    private void assertRefused(byte[] content, String reason) throws IOException {
        Path file = folder.resolve("broken");
        Files.write(file, content);
        assertThatThrownBy(() -> Safetensors.open(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason)
                .hasMessageContaining("fetch or export it again");
    }

    private static byte[] entry(String dtype, int begin, int end) {
        String json =
                "{\"a\":{\"dtype\":\"%s\",\"shape\":[2],\"data_offsets\":[%d,%d]}}"
                        .formatted(dtype, begin, end);
        return header(json, json.length());
    }

    private static byte[] header(String json, long length) {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(text)
                .array();
    }

    private static void write(Path file, Safetensors.Precision precision, float[] values)
            throws IOException {
        SequencedMap<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        tensors.put("weight", new Safetensors.Tensor(List.of(2L, 3L), FloatBuffer.wrap(values)));
        Safetensors.write(file, tensors, precision, Map.of("step", "7"));
    }
}
