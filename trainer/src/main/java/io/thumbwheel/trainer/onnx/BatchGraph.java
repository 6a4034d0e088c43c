package io.thumbwheel.trainer.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.thumbwheel.schemas.artifact.ModelConfig;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A policy as serving runs it, with the weights that it has now and a KV cache for the rows of one
/// batch, all of it in memory. Owns session and memory; one thread's.
public final class BatchGraph implements AutoCloseable {
    /// As serving's threads do: most operations of a small model are over before a thread that
    /// sleeps would wake up.
    private static final String SPIN_MICROS = "100";

    private final OrtEnvironment environment = OnnxRuntime.environment();
    private final ModelConfig config;
    private final int context;
    private final Arena arena = Arena.ofConfined();
    private final MemoryWeights weights = new MemoryWeights(environment);
    private final OrtSession session;
    private final List<MemorySegment> cache =
            new ArrayList<>(); // [rows, kvHeads, context, headDim]
    private final FloatBuffer probabilities; // [rows, vocab]
    private int held; // rows that are there

    /// @param source has the weights; read at once
    /// @param rows most rows of a batch
    /// @param context positions that the cache has for each
    /// @param threads of a forward pass
    public BatchGraph(ModelConfig config, WeightSource source, int rows, int context, int threads) {
        this.config = config;
        this.context = context;
        try {
            for (int i = 0; i < 2 * config.layers(); i++) {
                cache.add(arena.allocate(rows * rowBytes(), Long.BYTES));
            }
            probabilities =
                    arena.allocate((long) rows * config.vocab() * Float.BYTES, Long.BYTES)
                            .asByteBuffer()
                            .order(ByteOrder.nativeOrder())
                            .asFloatBuffer();
            session = open(source, threads);
        } catch (OutOfMemoryError e) {
            closeMemory();
            throw new IllegalStateException(
                    "there is no memory to sample %d answers of up to %d tokens at once: take shorter answers or fewer episodes, or a machine with more memory"
                            .formatted(rows, context),
                    e);
        } catch (IOException | OrtException | RuntimeException e) {
            closeMemory();
            throw new IllegalStateException(
                    "ONNX Runtime cannot run the policy for sampling: " + e.getMessage(), e);
        }
    }

    private void closeMemory() {
        weights.close();
        arena.close();
    }

    /// Whether ONNX Runtime has the operators for such a policy, and whether the cache of a layer
    /// and the probabilities can be had, 2 GB each at most.
    public static boolean takes(ModelConfig config, int rows, int context) {
        return config.headDim() % OnnxExport.HEAD_STEP == 0
                && rows * rowBytes(config, context) <= Integer.MAX_VALUE
                && (long) rows * config.vocab() * Float.BYTES <= Integer.MAX_VALUE;
    }

    private OrtSession open(WeightSource source, int threads) throws IOException, OrtException {
        byte[] graph =
                new OnnxGraph(
                                config,
                                FloatMatrices::new,
                                new HuggingFaceWeights(config, source),
                                weights,
                                Map.of())
                        .buildWithSoftmax()
                        .toByteArray();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "1");
            options.addConfigEntry("session.intra_op.spin_duration_us", SPIN_MICROS);
            options.addConfigEntry("session.force_spinning_stop", "1");
            options.addExternalInitializers(weights.tensors());
            return environment.createSession(graph, options);
        }
    }

    /// Reads prompts into further rows, behind those that are there.
    ///
    /// @param temperature divides the logits
    /// @return what comes next for the new ones, probabilities [prompts, vocab], valid until the
    ///   next pass
    public FloatBuffer read(List<List<Integer>> prompts, double temperature) {
        int batch = prompts.size();
        int seq = prompts.stream().mapToInt(List::size).max().orElseThrow();
        long[] tokens = new long[batch * seq]; // padded on the right
        int[] last = new int[batch];
        long[] wanted = new long[batch];
        for (int row = 0; row < batch; row++) {
            List<Integer> prompt = prompts.get(row);
            for (int t = 0; t < prompt.size(); t++) {
                tokens[row * seq + t] = prompt.get(t);
            }
            last[row] = prompt.size() - 1;
            wanted[row] = (long) row * seq + last[row];
        }
        FloatBuffer next = run(held, batch, seq, tokens, last, seq, wanted, temperature);
        held += batch;
        return next;
    }

    /// Appends a token to each row.
    ///
    /// @param tokens [rows]
    /// @param positions where each stands in its row [rows]
    /// @param temperature divides the logits
    /// @return what comes next, probabilities [rows, vocab], valid until the next pass
    public FloatBuffer append(long[] tokens, long[] positions, double temperature) {
        int batch = tokens.length;
        int[] last = Arrays.stream(positions).mapToInt(Math::toIntExact).toArray();
        int longest = Arrays.stream(last).max().orElseThrow() + 1;
        long[] wanted = new long[batch];
        Arrays.setAll(wanted, row -> row);
        return run(0, batch, 1, tokens, last, longest, wanted, temperature);
    }

    /// Lets go all rows but these, which move up.
    ///
    /// @param rows ascending
    public void keep(int[] rows) {
        for (MemorySegment layer : cache) {
            for (int row = 0; row < rows.length; row++) {
                if (rows[row] != row) {
                    MemorySegment.copy(
                            layer, rows[row] * rowBytes(), layer, row * rowBytes(), rowBytes());
                }
            }
        }
        held = rows.length;
    }

    private FloatBuffer run(
            int firstRow,
            int batch,
            int seq,
            long[] tokens,
            int[] last,
            int longest,
            long[] wanted,
            double temperature) {
        Map<String, OnnxTensor> inputs = new HashMap<>();
        Map<String, OnnxValue> outputs = new HashMap<>();
        try {
            inputs.put("input_ids", longs(tokens, batch, seq));
            inputs.put("last_positions", ints(last, batch));
            inputs.put("longest", ints(new int[] {longest}));
            inputs.put("rows", longs(wanted, batch));
            inputs.put(
                    "temperature",
                    OnnxTensor.createTensor(
                            environment,
                            FloatBuffer.wrap(new float[] {(float) temperature}),
                            new long[0]));
            long[] shape = {batch, config.keyValueHeads(), context, config.headDim()};
            for (int i = 0; i < cache.size(); i++) {
                String name = (i % 2 == 0 ? "key." : "value.") + i / 2;
                OnnxTensor view =
                        view(
                                cache.get(i)
                                        .asSlice(firstRow * rowBytes())
                                        .asByteBuffer()
                                        .order(ByteOrder.nativeOrder())
                                        .asFloatBuffer(),
                                shape);
                inputs.put("past_" + name, view);
                outputs.put("present_" + name, view);
            }
            long[] each = {batch, config.vocab()};
            try (OnnxTensor next = view(probabilities, each)) {
                outputs.put("probabilities", next);
                session.run(inputs, outputs).close();
            }
            return probabilities;
        } catch (OrtException e) {
            throw new IllegalStateException(
                    "a forward pass for sampling failed: " + e.getMessage(), e);
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor longs(long[] values, long... shape) throws OrtException {
        return OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape);
    }

    private OnnxTensor ints(int[] values, long... shape) throws OrtException {
        return OnnxTensor.createTensor(environment, IntBuffer.wrap(values), shape);
    }

    /// A tensor over the beginning of the memory itself.
    private OnnxTensor view(FloatBuffer memory, long... shape) throws OrtException {
        int size = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        return OnnxTensor.createTensor(environment, memory.slice(0, size), shape);
    }

    private long rowBytes() {
        return rowBytes(config, context);
    }

    private static long rowBytes(ModelConfig config, int context) {
        return (long) config.keyValueHeads() * context * config.headDim() * Float.BYTES;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("an ONNX Runtime session could not be closed", e);
        } finally {
            closeMemory();
        }
    }
}
