package io.thumbwheel.serving.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The sessions over a release's graph, with the options that serving needs: one that takes every
/// pass and, where the precision has a graph for that, one for a single token of a single sequence.
/// Owns them.
final class Sessions implements AutoCloseable {
    /// Microseconds for which a thread that waits within a pass spins before it sleeps. To be woken
    /// costs more than most operations of a small model; the cores are shared with Kafka and a
    /// trainer, so no longer than that, and between passes not at all.
    private static final String SPIN_MICROS = "100";

    private final OrtSession every;
    private final @Nullable OrtSession single;
    private final NativeSession runs;
    private final NativeSession singleRuns;

    private Sessions(OrtSession every, @Nullable OrtSession single) {
        this.every = every;
        this.single = single;
        runs = new NativeSession(every);
        singleRuns = single == null ? runs : new NativeSession(single);
    }

    /// Opens the graphs of a release's folder.
    static Sessions open(OrtEnvironment environment, Path folder, OnnxConfig config)
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
            List<Path> graphs = graphs(folder, config);
            OrtSession every = environment.createSession(graphs.getFirst().toString(), options);
            OrtSession single = null;
            try {
                if (graphs.size() > 1) {
                    single = environment.createSession(graphs.getLast().toString(), options);
                }
                return new Sessions(every, single);
            } catch (OrtException | RuntimeException e) {
                close(every, single);
                throw e;
            }
        }
    }

    /// The graphs that are opened: for every pass and, on the CPU where the release has one, for
    /// single tokens.
    static List<Path> graphs(Path folder, OnnxConfig config) {
        Stream<Path> single =
                config.precision().single().stream()
                        .map(folder::resolve)
                        .filter(graph -> config.device() == Device.CPU && Files.exists(graph));
        return Stream.concat(Stream.of(folder.resolve(config.precision().graph())), single)
                .toList();
    }

    /// What the graph itself says about its sizes.
    GraphShape shape() throws OrtException, ReleaseUnusableException {
        return GraphShape.of(every);
    }

    /// The one for passes over `batch` sequences of `seq` new tokens each.
    NativeSession of(int batch, int seq) {
        return batch * seq == 1 ? singleRuns : runs;
    }

    @Override
    public void close() {
        close(every, single);
    }

    private static void close(OrtSession every, @Nullable OrtSession single) {
        try {
            every.close();
            if (single != null) {
                single.close();
            }
        } catch (OrtException e) {
            throw new IllegalStateException("an ONNX Runtime session could not be closed", e);
        }
    }
}
