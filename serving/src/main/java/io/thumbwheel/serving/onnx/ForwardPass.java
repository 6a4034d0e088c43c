package io.thumbwheel.serving.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// The tensors of one forward pass over `batch` slots of `seq` new tokens each, bound to the memory
/// that they live in: the cache is input and output at once, so it is updated in place. Owns the
/// tensors; borrows cache, logits and the memory of the small inputs.
final class ForwardPass implements AutoCloseable {
    private final int batch;
    private final int seq;
    private final LongBuffer inputIds; // [batch, seq]
    private final IntBuffer lastPositions; // [batch]
    private final IntBuffer longest; // []
    private final LongBuffer rows; // [batch]
    private final NativeSession session;
    private final Map<String, OnnxTensor> tensors = new HashMap<>();
    private final MemorySegment bound;

    /// @param memory for the inputs and the tensors' handles, direct, at least [#bytes]
    /// @param logits of at least [batch, vocab]
    ForwardPass(
            OrtEnvironment environment,
            NativeSession session,
            ByteBuffer memory,
            KvCache cache,
            FloatBuffer logits,
            int vocab,
            int firstSlot,
            int batch,
            int seq)
            throws OrtException {
        this.session = session;
        this.batch = batch;
        this.seq = seq;
        int idsAt = session.bindingBytes();
        int rowsAt = idsAt + batch * seq * Long.BYTES;
        int positionsAt = rowsAt + batch * Long.BYTES;
        int longestAt = positionsAt + batch * Integer.BYTES;
        bound = MemorySegment.ofBuffer(part(memory, 0, idsAt));
        inputIds = part(memory, idsAt, rowsAt).asLongBuffer();
        rows = part(memory, rowsAt, positionsAt).asLongBuffer();
        lastPositions = part(memory, positionsAt, longestAt).asIntBuffer();
        longest = part(memory, longestAt, longestAt + Integer.BYTES).asIntBuffer();
        try {
            long[] each = {batch};
            tensors.put(
                    "input_ids",
                    OnnxTensor.createTensor(environment, inputIds, new long[] {batch, seq}));
            tensors.put(
                    "last_positions", OnnxTensor.createTensor(environment, lastPositions, each));
            tensors.put("longest", OnnxTensor.createTensor(environment, longest, new long[] {}));
            tensors.put("rows", OnnxTensor.createTensor(environment, rows, each));
            for (int i = 0; i < cache.size(); i++) {
                String name = (i % 2 == 0 ? "key." : "value.") + i / 2;
                OnnxTensor view = cache.view(environment, i, firstSlot, batch);
                tensors.put("past_" + name, view);
                tensors.put("present_" + name, view);
            }
            tensors.put(
                    "logits",
                    OnnxTensor.createTensor(
                            environment,
                            logits.slice(0, batch * vocab),
                            new long[] {batch, vocab}));
            session.bind(tensors, bound);
        } catch (OrtException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /// Bytes of the handles and of all inputs but the cache.
    static int bytes(NativeSession session, int batch, int seq) {
        int inputs = batch * (seq * Long.BYTES + Long.BYTES + Integer.BYTES) + Integer.BYTES;
        return session.bindingBytes() + inputs;
    }

    /// Appends a token to each slot.
    ///
    /// @param lengths tokens in each slot before
    void appended(int[] tokens, int[] lengths) {
        int most = 0;
        for (int row = 0; row < batch; row++) {
            inputIds.put(row, tokens[row]);
            lastPositions.put(row, lengths[row]);
            rows.put(row, row);
            most = Math.max(most, lengths[row] + 1);
        }
        longest.put(0, most);
    }

    /// Starts each slot with a prompt, right-padded to `seq`.
    void prompts(int[][] prompts) {
        for (int row = 0; row < batch; row++) {
            int[] prompt = prompts[row];
            for (int i = 0; i < seq; i++) {
                inputIds.put(row * seq + i, i < prompt.length ? prompt[i] : 0);
            }
            lastPositions.put(row, prompt.length - 1);
            rows.put(row, row * seq + prompt.length - 1);
        }
        longest.put(0, seq);
    }

    /// Appends tokens `past` to `past + seq - 1` of a sequence to its slot; for a batch of 1.
    void chunk(int[] tokens, int past) {
        for (int i = 0; i < seq; i++) {
            inputIds.put(i, tokens[past + i]);
        }
        lastPositions.put(0, past + seq - 1);
        rows.put(0, seq - 1);
        longest.put(0, past + seq);
    }

    /// Runs it: cache and logits are written.
    void run() throws OrtException {
        session.run(bound);
    }

    @Override
    public void close() {
        Set.copyOf(tensors.values()).forEach(OnnxTensor::close);
        tensors.clear();
    }

    private static ByteBuffer part(ByteBuffer memory, int from, int to) {
        return memory.slice(from, to - from).order(ByteOrder.nativeOrder());
    }
}
