package io.thumbwheel.serving.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.file.Path;

/// Sessions over a release's graphs, with the options that serving needs.
final class Sessions {
    private Sessions() {}

    /// Opens the graph. Threads that wait do not spin: the cores are shared with Kafka and a
    /// trainer.
    static OrtSession open(OrtEnvironment environment, Path graph, OnnxConfig config)
            throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(config.threads());
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            config.device().addTo(options);
            return environment.createSession(graph.toString(), options);
        }
    }
}
