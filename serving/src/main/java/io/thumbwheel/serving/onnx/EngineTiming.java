package io.thumbwheel.serving.onnx;

import java.nio.file.Path;
import java.util.List;

/// How fast a release's graph runs here.
@FunctionalInterface
public interface EngineTiming {

    /// Seconds of each of a few typical passes, always the same ones: decoding at several batch
    /// sizes and reading a prompt.
    ///
    /// @param config which graph, and with how many threads
    /// @throws ReleaseUnusableException where it cannot be run
    List<Double> seconds(Path releaseFolder, OnnxConfig config) throws ReleaseUnusableException;
}
