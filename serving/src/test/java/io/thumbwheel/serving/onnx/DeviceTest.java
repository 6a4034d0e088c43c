package io.thumbwheel.serving.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.schemas.artifact.Precision;
import org.junit.jupiter.api.Test;

class DeviceTest {
    @Test
    void cudaIsMissingInABuildForTheCpu() {
        assertThat(Device.CUDA.missing()).isPresent();
        assertThat(Device.CPU.missing()).isEmpty();
    }

    @Test
    void aSessionForADeviceThatIsMissingIsRefused() {
        OnnxConfig config = new OnnxConfig(1, 64, 1, Precision.FP32, Device.CUDA);

        assertThatThrownBy(() -> OnnxPolicy.load(TinyRelease.FOLDER, config))
                .isInstanceOf(ReleaseUnusableException.class)
                .hasMessageContaining("cannot be loaded");
    }
}
