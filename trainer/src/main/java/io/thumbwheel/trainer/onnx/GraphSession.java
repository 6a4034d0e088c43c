package io.thumbwheel.trainer.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.Precision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// A written graph run by ONNX Runtime on one sequence, with its cache, as serving does: single
/// tokens by the graph for them, where there is one. Owns sessions and cache. Not for speed.
public final class GraphSession implements AutoCloseable {
    private final ModelConfig config;
    private final Path graph;
    private final OrtEnvironment environment = OnnxRuntime.environment();
    private final List<OrtSession> sessions = new ArrayList<>(); // the last one takes single tokens
    private final List<OnnxTensor> cache = new ArrayList<>(); // [1, kvHeads, context, headDim] each
    private int length;

    /// @param folder with the graph and its weights
    /// @throws IOException where ONNX Runtime cannot run the graph, here as in the other methods
    public GraphSession(ModelConfig config, Path folder, Precision precision) throws IOException {
        this.config = config;
        this.graph = folder.resolve(precision.graph());
        long[] shape = {1, config.keyValueHeads(), config.context(), config.headDim()};
        int values = config.keyValueHeads() * config.context() * config.headDim();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            sessions.add(environment.createSession(graph.toString(), options));
            if (precision.single().isPresent()) {
                Path single = folder.resolve(precision.single().get());
                sessions.add(environment.createSession(single.toString(), options));
            }
            for (int i = 0; i < 2 * config.layers(); i++) {
                cache.add(OnnxTensor.createTensor(environment, floats(values), shape));
            }
        } catch (OrtException e) {
            close();
            throw failed(e);
        }
    }

    /// Starts over with `tokens` [seq].
    ///
    /// @return logits of every position [seq, vocab]
    public FloatBuffer start(int[] tokens) throws IOException {
        length = 0;
        return run(tokens);
    }

    /// Appends one token, by way of the cache.
    ///
    /// @return logits after it [1, vocab]
    public FloatBuffer append(int token) throws IOException {
        return run(new int[] {token});
    }

    private FloatBuffer run(int[] tokens) throws IOException {
        int seq = tokens.length;
        length += seq;
        if (length > config.context()) {
            throw new IllegalArgumentException(
                    "%d tokens do not fit into a context of %d"
                            .formatted(length, config.context()));
        }
        long[] ids = new long[seq];
        for (int i = 0; i < seq; i++) {
            ids[i] = tokens[i];
        }
        long[] rows = LongStream.range(0, seq).toArray();
        FloatBuffer logits = floats(seq * config.vocab()); // [seq, vocab]
        Map<String, OnnxTensor> inputs = new HashMap<>();
        Map<String, OnnxValue> outputs = new HashMap<>();
        for (int i = 0; i < cache.size(); i++) {
            String name = (i % 2 == 0 ? "key." : "value.") + i / 2;
            inputs.put("past_" + name, cache.get(i));
            outputs.put("present_" + name, cache.get(i));
        }
        try (OnnxTensor inputIds = longs(ids, 1, seq);
                OnnxTensor lastPositions = ints(length - 1, 1);
                OnnxTensor longest = ints(length);
                OnnxTensor wanted = longs(rows, seq);
                OnnxTensor logitsTensor =
                        OnnxTensor.createTensor(
                                environment, logits, new long[] {seq, config.vocab()})) {
            inputs.put("input_ids", inputIds);
            inputs.put("last_positions", lastPositions);
            inputs.put("longest", longest);
            inputs.put("rows", wanted);
            outputs.put("logits", logitsTensor);
            OrtSession session = seq == 1 ? sessions.getLast() : sessions.getFirst();
            session.run(inputs, outputs).close();
        } catch (OrtException e) {
            throw failed(e);
        }
        return logits;
    }

    private OnnxTensor longs(long[] values, long... shape) throws OrtException {
        return OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape);
    }

    private OnnxTensor ints(int value, long... shape) throws OrtException {
        return OnnxTensor.createTensor(environment, IntBuffer.wrap(new int[] {value}), shape);
    }

    private static FloatBuffer floats(int size) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(size, Float.BYTES))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    @Override
    public void close() throws IOException {
        cache.forEach(OnnxTensor::close);
        try {
            for (OrtSession session : sessions) {
                session.close();
            }
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    private IOException failed(OrtException cause) {
        return new IOException(
                "the graph %s cannot be run: %s".formatted(graph, cause.getMessage()), cause);
    }
}
