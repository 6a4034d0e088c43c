package io.thumbwheel.trainer.onnx;

import ai.onnxruntime.OrtEnvironment;
import io.thumbwheel.schemas.process.NativeEnvironment;

/// The one way to ONNX Runtime's environment: it says nothing about us to anybody.
final class OnnxRuntime {
    private OnnxRuntime() {}

    /// The process-wide environment, with telemetry off.
    static OrtEnvironment environment() {
        NativeEnvironment.setIfAbsent("ORT_DISABLE_TELEMETRY", "1");
        return OrtEnvironment.getEnvironment();
    }
}
