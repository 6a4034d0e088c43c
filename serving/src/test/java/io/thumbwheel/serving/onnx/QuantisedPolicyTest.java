package io.thumbwheel.serving.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.schemas.artifact.ReleaseManifest;
import java.util.Objects;
import org.junit.jupiter.api.Test;
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
    void everyPassIsTimed() throws Exception {
        assertThat(new MeasuredTiming().seconds(TinyRelease.QUANTISED, CONFIG))
                .hasSize(4)
                .allMatch(seconds -> seconds > 0 && seconds < 5);
    }
}
