package io.thumbwheel.serving.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.serving.TestingConfig;
import io.thumbwheel.serving.onnx.Device;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EngineTest {
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

    @Test
    void theCpuStepsInForCudaAndSaysSo() {
        Engine engine =
                new Engine(TestingConfig.of(Map.of("serving.engine.device", "cuda")), metrics);

        assertThat(engine.config().device()).isEqualTo(Device.CPU);
        assertThat(engine.fallback()).isPresent();
        assertThat(
                        metrics.get("thumbwheel.engine.fallback")
                                .tag("wanted", "cuda")
                                .tag("device", "cpu")
                                .gauge()
                                .value())
                .isEqualTo(1);
    }

    @Test
    void theDefaultIsFp32OnAllCoresOfTheCpu() {
        Engine engine = new Engine(TestingConfig.of(Map.of()), metrics);

        assertThat(engine.config().device()).isEqualTo(Device.CPU);
        assertThat(engine.config().precision()).isEqualTo(Precision.FP32);
        assertThat(engine.config().threads()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(engine.fallback()).isEmpty();
    }
}
