package io.thumbwheel.schemas.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.thumbwheel.schemas.artifact.Safetensors.Precision;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShardWriterTest {
    /// More than one piece.
    private static final int LARGE = (1 << 20) + 3;

    @TempDir private Path folder;
    private Path source = Path.of("");
    private Path target = Path.of("");

    @BeforeEach
    void write() throws IOException {
        source = Files.createDirectory(folder.resolve("source"));
        target = Files.createDirectory(folder.resolve("target"));
        SequencedMap<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        float[] large = new float[LARGE];
        for (int i = 0; i < LARGE; i++) {
            large[i] = i / 1024f;
        }
        tensors.put("first", tensor(new float[] {1, 2, 3, 4}));
        tensors.put("large", tensor(large));
        tensors.put("last", tensor(new float[] {-0f, 65504, 1 + 1f / 256, 0.1f}));
        Safetensors.write(
                source.resolve(Safetensors.FILE), tensors, Precision.F32, Map.of("step", "7"));
    }

    @Test
    void asStoredIsTheSameFile() throws IOException {
        ShardWriter.Written written = write(Optional.empty(), Long.MAX_VALUE);

        assertThat(written).isEqualTo(new ShardWriter.Written(1, 4L * (LARGE + 8)));
        assertThat(target.resolve(Safetensors.FILE))
                .hasSameBinaryContentAs(source.resolve(Safetensors.FILE));
    }

    @Test
    void shardsHaveTheirIndexAndTogetherTheSameTensors() throws IOException {
        ShardWriter.Written written = write(Optional.empty(), 32);

        assertThat(written.files()).isEqualTo(3);
        assertThat(new ObjectMapper().readTree(target.resolve(Safetensors.INDEX).toFile()))
                .isEqualTo(
                        new ObjectMapper()
                                .readTree(
                                        """
                                        {"metadata": {"total_size": 4194348}, "weight_map": {
                                         "first": "model-00001-of-00003.safetensors",
                                         "large": "model-00002-of-00003.safetensors",
                                         "last": "model-00003-of-00003.safetensors"}}
                                        """));
        try (Safetensors before = Safetensors.openFolder(source);
                Safetensors after = Safetensors.openFolder(target)) {
            for (String name : before.entries().keySet()) {
                assertThat(after.floats(name)).as(name).isEqualTo(before.floats(name));
            }
        }
    }

    @Test
    void halfPrecisionIsTheNearest() throws IOException {
        write(Optional.of(Precision.BF16), Long.MAX_VALUE);

        try (Safetensors read = Safetensors.openFolder(target)) {
            assertThat(read.entries().get("last"))
                    .extracting(Safetensors.Entry::precision)
                    .isEqualTo(Precision.BF16);
            // 65504 lies in a stretch of bfloat16 with steps of 256.
            assertThat(read.floats("last"))
                    .containsExactly(-0f, 65536, 1, Float.intBitsToFloat(0x3dcd << 16));
            assertThat(read.floats("large")[1 << 20]).isEqualTo(1024);
        }
    }

    @Test
    void aValueBeyondHalfPrecisionIsRefusedByName() throws IOException {
        write(Optional.of(Precision.F16), Long.MAX_VALUE);
        try (Safetensors read = Safetensors.openFolder(target)) {
            assertThat(read.floats("last")[1]).isEqualTo(65504);
        }

        Safetensors.write(
                source.resolve(Safetensors.FILE),
                new LinkedHashMap<>(Map.of("huge", tensor(new float[] {1e6f}))),
                Precision.F32,
                Map.of());

        assertThatThrownBy(() -> write(Optional.of(Precision.F16), Long.MAX_VALUE))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("tensor huge has the value 1000000.0");
    }

    private ShardWriter.Written write(Optional<Precision> precision, long maxBytes)
            throws IOException {
        try (Safetensors open = Safetensors.openFolder(source)) {
            return new ShardWriter(open, precision).write(target, maxBytes);
        }
    }

    private static Safetensors.Tensor tensor(float[] values) {
        return new Safetensors.Tensor(List.of((long) values.length), FloatBuffer.wrap(values));
    }
}
