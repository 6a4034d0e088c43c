package io.thumbwheel.serving.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.thumbwheel.serving.generation.Policy;
import io.thumbwheel.serving.generation.PolicyFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A release's graph in an ONNX Runtime session, with its KV cache. The one owner of the session,
/// the cache and the tensors over it.
public final class OnnxPolicy implements Policy {
    private final Path folder;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final GraphShape shape;
    private final int context;
    private final Set<Integer> ends;
    private final KvCache cache;
    private final FloatBuffer logits; // [slots, vocab]
    private final @Nullable ForwardPass[] decodes; // [slots]: the pass over slots 0 to i
    private boolean closed;

    private OnnxPolicy(
            Path folder,
            OrtEnvironment environment,
            OrtSession session,
            GraphShape shape,
            Set<Integer> ends,
            OnnxConfig config) {
        this.folder = folder;
        this.environment = environment;
        this.session = session;
        this.shape = shape;
        this.ends = ends;
        context = Math.min(config.context(), shape.context());
        int logitsBytes =
                Math.multiplyExact(Math.multiplyExact(config.slots(), shape.vocab()), Float.BYTES);
        logits =
                ByteBuffer.allocateDirect(logitsBytes)
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer();
        decodes = new @Nullable ForwardPass[config.slots()];
        cache =
                new KvCache(
                        shape.layers(), config.slots(), shape.kvHeads(), context, shape.headDim());
    }

    /// Loads the wanted graph and the end tokens of a release folder.
    ///
    /// @throws ReleaseUnusableException where the folder's graph cannot be run
    public static OnnxPolicy load(Path releaseFolder, OnnxConfig config)
            throws ReleaseUnusableException {
        Path graph = releaseFolder.resolve(config.precision().graph());
        if (!Files.exists(graph)) {
            throw new ReleaseUnusableException(
                    "there is no %s in %s: export the release again"
                            .formatted(config.precision().graph(), releaseFolder));
        }
        OrtEnvironment environment = OnnxRuntime.environment();
        OrtSession session = null;
        try {
            Set<Integer> ends = EndTokens.read(releaseFolder);
            session = Sessions.open(environment, graph, config);
            OnnxPolicy policy =
                    new OnnxPolicy(
                            releaseFolder,
                            environment,
                            session,
                            GraphShape.of(session),
                            ends,
                            config);
            session = null; // the policy's from here on
            return policy;
        } catch (IOException | OrtException | RuntimeException e) {
            throw new ReleaseUnusableException(
                    "release " + releaseFolder + " cannot be loaded: " + e.getMessage(), e);
        } finally {
            if (session != null) {
                close(session);
            }
        }
    }

    @Override
    public int vocab() {
        return shape.vocab();
    }

    @Override
    public int context() {
        return context;
    }

    @Override
    public int slots() {
        return decodes.length;
    }

    @Override
    public boolean ends(int token) {
        return ends.contains(token);
    }

    @Override
    public FloatBuffer prefill(int firstSlot, int[][] prompts) throws PolicyFailedException {
        int seq = 0;
        for (int[] prompt : prompts) {
            seq = Math.max(seq, prompt.length);
        }
        checkOpen();
        try (ForwardPass pass = pass(firstSlot, prompts.length, seq)) {
            pass.prompts(prompts);
            pass.run(session);
            return logits;
        } catch (OrtException e) {
            throw failed("prefill of " + prompts.length + " prompts", e);
        }
    }

    @Override
    public FloatBuffer decode(int[] tokens, int[] lengths, int batch) throws PolicyFailedException {
        checkOpen();
        try {
            ForwardPass pass = decodes[batch - 1];
            if (pass == null) {
                pass = pass(0, batch, 1);
                decodes[batch - 1] = pass;
            }
            pass.appended(tokens, lengths);
            pass.run(session);
            return logits;
        } catch (OrtException e) {
            throw failed("decoding " + batch + " sequences", e);
        }
    }

    @Override
    public void move(int from, int to, int length) {
        cache.move(from, to, length);
    }

    /// Frees session and cache; never under a running call ([PolicyHandle] counts).
    ///
    /// [PolicyHandle]: io.thumbwheel.serving.generation.PolicyHandle
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (ForwardPass pass : decodes) {
            if (pass != null) {
                pass.close();
            }
        }
        close(session);
        cache.close();
    }

    private ForwardPass pass(int firstSlot, int batch, int seq) throws OrtException {
        return new ForwardPass(environment, cache, logits, shape.vocab(), firstSlot, batch, seq);
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("release " + folder + " is closed");
        }
    }

    private PolicyFailedException failed(String what, OrtException cause) {
        return new PolicyFailedException(
                what + " failed in release " + folder + ": " + cause.getMessage(), cause);
    }

    private static void close(OrtSession session) {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("an ONNX Runtime session could not be closed", e);
        }
    }
}
