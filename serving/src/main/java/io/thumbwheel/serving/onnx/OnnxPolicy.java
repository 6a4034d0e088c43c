package io.thumbwheel.serving.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.Precision;
import io.thumbwheel.serving.generation.Policy;
import io.thumbwheel.serving.generation.PolicyFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A release's graph in ONNX Runtime's sessions, with its KV cache. The one owner of the sessions,
/// the cache and the tensors over it.
public final class OnnxPolicy implements Policy {
    private final Path folder;
    private final OrtEnvironment environment;
    private final Sessions sessions;
    private final KvLayout layout;
    private final Set<Integer> ends;
    private final KvArena.Lease lease;
    private final @Nullable KvArena owned;
    private final KvCache cache;
    private final FloatBuffer logits; // [slots, vocab]
    private final OrtSoftmax softmax;
    private final @Nullable ForwardPass[] decodes; // [slots]: the pass over slots 0 to i
    private final @Nullable ForwardPass[] steps; // [slots + 1]: a token more in slot i alone
    private ByteBuffer scratch = ByteBuffer.allocateDirect(0); // inputs of passes of other shapes
    private boolean closed;

    /// @param owned the arena of the lease where it goes with this policy
    @SuppressWarnings("MustBeClosedChecker") // close() closes the softmax
    private OnnxPolicy(
            Path folder,
            OrtEnvironment environment,
            Sessions sessions,
            KvLayout layout,
            Set<Integer> ends,
            KvArena.Lease lease,
            @Nullable KvArena owned)
            throws OrtException {
        this.folder = folder;
        this.environment = environment;
        this.sessions = sessions;
        this.layout = layout;
        this.ends = ends;
        this.lease = lease;
        this.owned = owned;
        cache = new KvCache(layout, lease.memory());
        logits = cache.logits();
        softmax = new OrtSoftmax(environment, logits, cache.probabilities(), layout);
        decodes = new @Nullable ForwardPass[layout.slots()];
        steps = new @Nullable ForwardPass[layout.slots() + 1];
    }

    /// Loads a release folder with KV memory of its own.
    ///
    /// @throws ReleaseUnusableException where the folder's graph cannot be run
    public static OnnxPolicy load(Path releaseFolder, OnnxConfig config)
            throws ReleaseUnusableException {
        return load(releaseFolder, config, null);
    }

    /// Loads the wanted graph and the end tokens of a release folder.
    ///
    /// @param arena lends the KV memory until the policy is closed; null makes one
    /// @throws ReleaseUnusableException where the folder's graph cannot be run, or the arena has no
    ///   room
    public static OnnxPolicy load(Path releaseFolder, OnnxConfig config, @Nullable KvArena arena)
            throws ReleaseUnusableException {
        Path graph = releaseFolder.resolve(config.precision().graph());
        if (!Files.exists(graph)) {
            throw new ReleaseUnusableException(
                    "there is no %s in %s: export the release again"
                            .formatted(config.precision().graph(), releaseFolder));
        }
        OrtEnvironment environment = OnnxRuntime.environment();
        Sessions sessions = null;
        KvArena owned = null;
        KvArena.Lease lease = null;
        try {
            Set<Integer> ends = EndTokens.read(releaseFolder);
            sessions = Sessions.open(environment, releaseFolder, config);
            KvLayout layout = sessions.shape().layout(config);
            owned = arena == null ? KvArena.of(layout.bytes()) : null;
            KvArena lender = owned == null ? Objects.requireNonNull(arena) : owned;
            lease = lender.lease(layout.bytes());
            OnnxPolicy policy =
                    new OnnxPolicy(
                            releaseFolder, environment, sessions, layout, ends, lease, owned);
            sessions = null; // the policy's from here on
            return policy;
        } catch (IOException | OrtException | RuntimeException e) {
            throw new ReleaseUnusableException(
                    "release " + releaseFolder + " cannot be loaded: " + e.getMessage(), e);
        } finally {
            if (sessions != null) {
                sessions.close();
                if (lease != null) {
                    lease.close();
                }
                if (owned != null) {
                    owned.close();
                }
            }
        }
    }

    /// What memory a release folder will take, from its config.json and the sizes of its files.
    ///
    /// @throws ReleaseUnusableException where the folder does not say
    public static Footprint footprint(Path releaseFolder, OnnxConfig config)
            throws ReleaseUnusableException {
        try {
            long cache = KvLayout.of(ModelConfig.read(releaseFolder), config).bytes();
            long weights = 0;
            for (Path graph : Sessions.graphs(releaseFolder, config)) {
                Path data = Path.of(Precision.weightsOf(graph.toString()));
                weights += Files.size(graph) + (Files.exists(data) ? Files.size(data) : 0);
            }
            return new Footprint(weights, cache);
        } catch (IOException | RuntimeException e) {
            throw new ReleaseUnusableException(
                    "the size of %s cannot be told: %s".formatted(releaseFolder, e.getMessage()),
                    e);
        }
    }

    @Override
    public int vocab() {
        return layout.vocab();
    }

    @Override
    public int context() {
        return layout.context();
    }

    @Override
    public int slots() {
        return layout.slots();
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
        try (ForwardPass pass = passing(firstSlot, prompts.length, seq)) {
            pass.prompts(prompts);
            pass.run();
            return logits;
        } catch (OrtException e) {
            throw failed("prefill of " + prompts.length + " prompts", e);
        }
    }

    @Override
    public FloatBuffer extend(int slot, int[] tokens, int past, int end)
            throws PolicyFailedException {
        checkOpen();
        try {
            if (end - past == 1) {
                ForwardPass step = steps[slot];
                if (step == null) {
                    step = lasting(slot, 1);
                    steps[slot] = step;
                }
                step.chunk(tokens, past);
                step.run();
                return logits;
            }
            try (ForwardPass pass = passing(slot, 1, end - past)) {
                pass.chunk(tokens, past);
                pass.run();
                return logits;
            }
        } catch (OrtException e) {
            throw failed("appending %d tokens to %d".formatted(end - past, past), e);
        }
    }

    @Override
    public FloatBuffer decode(int[] tokens, int[] lengths, int batch) throws PolicyFailedException {
        checkOpen();
        try {
            ForwardPass pass = decodes[batch - 1];
            if (pass == null) {
                pass = lasting(0, batch);
                decodes[batch - 1] = pass;
            }
            pass.appended(tokens, lengths);
            pass.run();
            return logits;
        } catch (OrtException e) {
            throw failed("decoding " + batch + " sequences", e);
        }
    }

    @Override
    public FloatBuffer softmax(FloatBuffer rowsOf, float[] scales, int rows)
            throws PolicyFailedException {
        checkOpen();
        if (rowsOf != logits) {
            throw new IllegalArgumentException("the logits are not those of a pass of this policy");
        }
        try {
            return softmax.of(scales, rows);
        } catch (OrtException e) {
            throw failed("the softmax of %d rows".formatted(rows), e);
        }
    }

    @Override
    public void move(int from, int to, int length) {
        cache.move(from, to, length);
    }

    @Override
    public int blocks() {
        return layout.blocks();
    }

    @Override
    public void keep(int slot, int start, int block) {
        cache.keep(slot, start, block);
    }

    @Override
    public void restore(int block, int slot, int start) {
        cache.restore(block, slot, start);
    }

    /// Frees the sessions and ends the lease; never under a running call ([PolicyHandle] counts).
    ///
    /// [PolicyHandle]: io.thumbwheel.serving.generation.PolicyHandle
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Stream.concat(Arrays.stream(decodes), Arrays.stream(steps))
                .filter(Objects::nonNull)
                .forEach(ForwardPass::close);
        softmax.close();
        sessions.close();
        lease.close();
        if (owned != null) {
            owned.close();
        }
    }

    /// A pass that is run again and again: a token for each slot.
    private ForwardPass lasting(int firstSlot, int batch) throws OrtException {
        int bytes = ForwardPass.bytes(sessions.of(batch, 1), batch, 1);
        ByteBuffer inputs = ByteBuffer.allocateDirect(bytes);
        return pass(inputs, firstSlot, batch, 1);
    }

    /// A pass that is run once.
    private ForwardPass passing(int firstSlot, int batch, int seq) throws OrtException {
        int bytes = ForwardPass.bytes(sessions.of(batch, seq), batch, seq);
        if (scratch.capacity() < bytes) {
            scratch = ByteBuffer.allocateDirect(Math.max(bytes, 2 * scratch.capacity()));
        }
        return pass(scratch, firstSlot, batch, seq);
    }

    private ForwardPass pass(ByteBuffer inputs, int firstSlot, int batch, int seq)
            throws OrtException {
        return new ForwardPass(
                environment,
                sessions.of(batch, seq),
                inputs,
                cache,
                logits,
                vocab(),
                firstSlot,
                batch,
                seq);
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
}
