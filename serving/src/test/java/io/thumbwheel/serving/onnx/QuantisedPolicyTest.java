package io.thumbwheel.serving.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuantisedPolicyTest {
    private static final OnnxConfig CONFIG = new OnnxConfig(2, 64, 1);

    @ParameterizedTest
    @EnumSource(names = {"INT8", "INT4"})
    void aQuantisedGraphPassesTheSelfTestWithinItsOwnParity(Precision precision) throws Exception {
        ReleaseManifest manifest = TinyRelease.manifest(TinyRelease.QUANTISED);
        ReleaseManifest.Quantised quantised =
                Objects.requireNonNull(manifest.quantised().get(precision));

        try (OnnxPolicy policy = OnnxPolicy.load(TinyRelease.QUANTISED, CONFIG.with(precision))) {
            assertThat(SelfTest.check(policy, manifest.selfTest(), quantised)).isEmpty();
            assertThat(SelfTest.check(policy, manifest.selfTest(), manifest.parity())).isPresent();
        }
    }

    @Test
    void aGraphThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> OnnxPolicy.load(TinyRelease.FOLDER, CONFIG.with(Precision.INT8)))
                .isInstanceOf(ReleaseUnusableException.class)
                .hasMessageContaining("there is no model.int8.onnx");
    }

    @Test
    void singleTokensGoThroughTheGraphForThem(@TempDir Path older) throws Exception {
        for (Path file : filesOf(TinyRelease.QUANTISED)) {
            if (!file.toString().contains(".single.")) {
                Files.copy(file, older.resolve(file.getFileName()));
            }
        }
        ReleaseManifest manifest = TinyRelease.manifest(TinyRelease.QUANTISED);
        ReleaseManifest.Quantised quantised =
                Objects.requireNonNull(manifest.quantised().get(Precision.INT8));
        OnnxConfig config = CONFIG.with(Precision.INT8);
        try (OnnxPolicy policy = OnnxPolicy.load(TinyRelease.QUANTISED, config);
                OnnxPolicy without = OnnxPolicy.load(older, config)) {
            int[][] prompts = {{5, 40, 9}, {5, 40, 9}};
            assertThat(policy.prefill(0, prompts)).isEqualTo(without.prefill(0, prompts));

            int[] tokens = {7, 7};
            int[] lengths = {3, 3};
            assertThat(policy.decode(tokens, lengths, 2))
                    .isEqualTo(without.decode(tokens, lengths, 2));
            assertThat(policy.decode(tokens, lengths, 1))
                    .isNotEqualTo(without.decode(tokens, lengths, 1));
            assertThat(SelfTest.check(without, manifest.selfTest(), quantised)).isEmpty();
        }
        long whole = OnnxPolicy.footprint(TinyRelease.QUANTISED, config).weights();
        assertThat(OnnxPolicy.footprint(older, config).weights())
                .isEqualTo(
                        whole
                                - size("model.int8.single.onnx")
                                - size("model.int8.single.onnx.data"));
    }

    private static List<Path> filesOf(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static long size(String file) throws IOException {
        return Files.size(TinyRelease.QUANTISED.resolve(file));
    }

    @Test
    void everyPassIsTimed() throws Exception {
        assertThat(new MeasuredTiming().seconds(TinyRelease.QUANTISED, CONFIG))
                .hasSize(4)
                .allMatch(seconds -> seconds > 0 && seconds < 5);
    }
}
