package io.thumbwheel.serving.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.util.Locale;
import java.util.Optional;

/// What computes: ONNX Runtime's execution provider.
public enum Device {
    CPU,
    /// The first GPU. Needs a build with profile `gpu` and NVIDIA's libraries.
    CUDA;

    /// Its name in configuration, answers and metrics.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Why it cannot be had here; empty where it can.
    public Optional<String> missing() {
        return switch (this) {
            case CPU -> Optional.empty();
            case CUDA -> {
                OnnxRuntime.environment();
                try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                    addTo(options);
                    yield Optional.empty();
                } catch (OrtException e) {
                    yield Optional.of(String.valueOf(e.getMessage()));
                }
            }
        };
    }

    /// Makes a session with these options compute there.
    ///
    /// @throws OrtException where it cannot be had
    void addTo(OrtSession.SessionOptions options) throws OrtException {
        switch (this) {
            case CPU -> {}
            case CUDA -> {
                try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(0)) {
                    options.addCUDA(cuda);
                }
            }
        }
    }
}
