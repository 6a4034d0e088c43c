package io.thumbwheel.serving.onnx;

import io.thumbwheel.serving.generation.Policy;
import java.nio.file.Path;

/// A release's graph in an ONNX Runtime session, with its KV cache.
public final class OnnxPolicy {
    private OnnxPolicy() {}

    /// Loads `model.onnx` and the configurations of a release folder.
    ///
    /// @throws ReleaseUnusableException where the folder's graph cannot be run
    public static Policy load(Path releaseFolder, OnnxConfig config)
            throws ReleaseUnusableException {
        throw new UnsupportedOperationException("not written yet: " + releaseFolder + config);
    }
}
