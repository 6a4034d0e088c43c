package io.thumbwheel.serving.release;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.onnx.Device;
import io.thumbwheel.serving.onnx.EngineTiming;
import io.thumbwheel.serving.onnx.MeasuredTiming;
import io.thumbwheel.serving.onnx.OnnxConfig;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.jboss.logging.Logger;

/// What runs releases here: the device asked for, or the CPU where it cannot be had.
@Singleton
final class Engine {
    private static final Logger LOG = Logger.getLogger(Engine.class);

    private final OnnxConfig config;
    private final Device wanted;
    private final Optional<String> fallback;

    Engine(ServingConfig config, MeterRegistry metrics) {
        wanted = config.engine().device();
        fallback = wanted.missing();
        Device device = fallback.isPresent() ? Device.CPU : wanted;
        fallback.ifPresent(reason ->
                LOG.errorf(
                        "serving.engine.device=%s cannot be had, the CPU serves instead: %s. Build"
                                + " with `mvn -Pgpu package` and install CUDA 12 and cuDNN 9, or"
                                + " set serving.engine.device=cpu (docs/engine.md)",
                        wanted.label(), reason));
        int threads = config.queue().threads();
        this.config =
                new OnnxConfig(
                        config.queue().slots(),
                        config.queue().context(),
                        threads == 0 ? Runtime.getRuntime().availableProcessors() : threads,
                        Precision.FP32,
                        device,
                        config.queue().prefixes().asLongValue());
        Gauge.builder("thumbwheel.engine.fallback", () -> fallback.isPresent() ? 1 : 0)
                .tag("wanted", wanted.label())
                .tag("device", device.label())
                .register(metrics);
    }

    /// How a release's fp32 graph is run.
    OnnxConfig config() {
        return config;
    }

    /// Why something other than what was asked for computes.
    Optional<String> fallback() {
        return fallback;
    }

    @Produces
    @Singleton
    static EngineTiming timing() {
        return new MeasuredTiming();
    }
}
