package io.thumbwheel.serving.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.file.Path;

/// Sessions over a release's graphs, with the options that serving needs.
final class Sessions {
    /// Microseconds for which a thread that waits within a pass spins before it sleeps. To be woken
    /// costs more than most operations of a small model; the cores are shared with Kafka and a
    /// trainer, so no longer than that, and between passes not at all.
    private static final String SPIN_MICROS = "100";

    private Sessions() {}

    /// Opens the graph.
    static OrtSession open(OrtEnvironment environment, Path graph, OnnxConfig config)
            throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(config.threads());
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "1");
            options.addConfigEntry("session.intra_op.spin_duration_us", SPIN_MICROS);
            options.addConfigEntry("session.force_spinning_stop", "1");
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            config.device().addTo(options);
            return environment.createSession(graph.toString(), options);
        }
    }
}
