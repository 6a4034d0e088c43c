package io.thumbwheel.serving.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/// llama.cpp with its defaults (KV cache in fp16, flash attention where it helps).
final class LlamaContender implements Contender {
    // Offsets in llama_context_params.
    private static final long N_CTX = 0;
    private static final long N_BATCH = 4;
    private static final long N_UBATCH = 8;
    private static final long N_SEQ_MAX = 12;
    private static final long N_THREADS = 28;
    private static final long N_THREADS_BATCH = 32;

    private final Arena arena = Arena.ofConfined();
    private final int vocab;
    private final MethodHandle decode;
    private final MethodHandle logitsOf;
    private final MethodHandle trim;
    private final MethodHandle freeContext;
    private final MethodHandle freeModel;
    private final MemorySegment model;
    private final MemorySegment context;
    private final MemorySegment memory;
    private final MemorySegment tokens; // int32 [most]
    private final MemorySegment positions; // int32 [most]
    private final MemorySegment slots; // int32 [most]
    private final MemorySegment wanted; // int8 [most]
    private final MemorySegment batch;

    /// @param most tokens of one call
    LlamaContender(LlamaLibrary library, Path gguf, int vocab, int seqs, int length, int threads)
            throws BenchmarkFailedException {
        this.vocab = vocab;
        decode =
                library.function(
                        "llama_decode",
                        FunctionDescriptor.of(JAVA_INT, ADDRESS, LlamaLibrary.BATCH));
        logitsOf =
                library.function(
                        "llama_get_logits_ith", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
        trim = library.function("llama_memory_seq_rm", LlamaLibrary.TRIM);
        freeContext = library.function("llama_free", LlamaLibrary.FREE);
        freeModel = library.function("llama_model_free", LlamaLibrary.FREE);
        MemorySegment modelParams =
                (MemorySegment)
                        LlamaLibrary.call(
                                library.function(
                                        "llama_model_default_params",
                                        FunctionDescriptor.of(LlamaLibrary.MODEL_PARAMS)),
                                (SegmentAllocator) arena);
        model =
                made(
                        "model",
                        LlamaLibrary.call(
                                library.function(
                                        "llama_model_load_from_file",
                                        FunctionDescriptor.of(
                                                ADDRESS, ADDRESS, LlamaLibrary.MODEL_PARAMS)),
                                arena.allocateFrom(gguf.toString()),
                                modelParams));
        MemorySegment params =
                (MemorySegment)
                        LlamaLibrary.call(
                                library.function(
                                        "llama_context_default_params",
                                        FunctionDescriptor.of(LlamaLibrary.CONTEXT_PARAMS)),
                                (SegmentAllocator) arena);
        params.set(JAVA_INT, N_CTX, seqs * length);
        params.set(JAVA_INT, N_BATCH, length);
        params.set(JAVA_INT, N_UBATCH, Math.min(length, 512));
        params.set(JAVA_INT, N_SEQ_MAX, seqs);
        params.set(JAVA_INT, N_THREADS, threads);
        params.set(JAVA_INT, N_THREADS_BATCH, threads);
        context =
                made(
                        "context",
                        LlamaLibrary.call(
                                library.function(
                                        "llama_init_from_model",
                                        FunctionDescriptor.of(
                                                ADDRESS, ADDRESS, LlamaLibrary.CONTEXT_PARAMS)),
                                model,
                                params));
        memory =
                made(
                        "memory",
                        LlamaLibrary.call(
                                library.function(
                                        "llama_get_memory",
                                        FunctionDescriptor.of(ADDRESS, ADDRESS)),
                                context));
        tokens = arena.allocate(JAVA_INT, length);
        positions = arena.allocate(JAVA_INT, length);
        slots = arena.allocate(JAVA_INT, length);
        wanted = arena.allocate(JAVA_BYTE, length);
        batch = batch(length);
    }

    /// `llama_batch`: every token belongs to one sequence.
    private MemorySegment batch(int most) {
        MemorySegment counts = arena.allocate(JAVA_INT, most);
        MemorySegment sequences = arena.allocate(ADDRESS, most);
        for (int i = 0; i < most; i++) {
            counts.setAtIndex(JAVA_INT, i, 1);
            sequences.setAtIndex(ADDRESS, i, slots.asSlice((long) i * Integer.BYTES));
        }
        MemorySegment made = arena.allocate(LlamaLibrary.BATCH);
        made.setAtIndex(ADDRESS, 1, tokens);
        made.setAtIndex(ADDRESS, 3, positions);
        made.setAtIndex(ADDRESS, 4, counts);
        made.setAtIndex(ADDRESS, 5, sequences);
        made.setAtIndex(ADDRESS, 6, wanted);
        return made;
    }

    private static MemorySegment made(String what, Object pointer) throws BenchmarkFailedException {
        if (pointer instanceof MemorySegment segment && segment.address() != 0) {
            return segment;
        }
        throw new BenchmarkFailedException("llama.cpp could not make its " + what);
    }

    @Override
    public FloatBuffer read(int slot, int[] prompt) throws BenchmarkFailedException {
        LlamaLibrary.call(trim, memory, slot, 0, -1);
        for (int i = 0; i < prompt.length; i++) {
            token(i, prompt[i], i, slot, i == prompt.length - 1);
        }
        run(prompt.length);
        return logits(prompt.length - 1);
    }

    @Override
    public void append(int[] next, int length) throws BenchmarkFailedException {
        for (int slot = 0; slot < next.length; slot++) {
            token(slot, next[slot], length, slot, true);
        }
        run(next.length);
        for (int slot = 0; slot < next.length; slot++) {
            logits(slot);
        }
    }

    /// Forgets what is behind `length` in the first slots.
    @Override
    public void cut(int seqs, int length) throws BenchmarkFailedException {
        for (int slot = 0; slot < seqs; slot++) {
            LlamaLibrary.call(trim, memory, slot, length, -1);
        }
    }

    private void token(int index, int token, int position, int slot, boolean logits) {
        tokens.setAtIndex(JAVA_INT, index, token);
        positions.setAtIndex(JAVA_INT, index, position);
        slots.setAtIndex(JAVA_INT, index, slot);
        wanted.set(JAVA_BYTE, index, (byte) (logits ? 1 : 0));
    }

    private void run(int count) throws BenchmarkFailedException {
        batch.set(JAVA_INT, 0, count);
        Object failed = LlamaLibrary.call(decode, context, batch);
        if (!failed.equals(0)) {
            throw new BenchmarkFailedException("llama_decode says " + failed);
        }
    }

    private FloatBuffer logits(int index) throws BenchmarkFailedException {
        MemorySegment row = made("logits", LlamaLibrary.call(logitsOf, context, index));
        return row.reinterpret((long) vocab * JAVA_FLOAT.byteSize())
                .asByteBuffer()
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    @Override
    public void close() {
        try {
            LlamaLibrary.call(freeContext, context);
            LlamaLibrary.call(freeModel, model);
        } catch (BenchmarkFailedException e) {
            throw new IllegalStateException("llama.cpp could not be closed", e);
        } finally {
            arena.close();
        }
    }
}
