package io.thumbwheel.serving.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/// Keys and values of every layer and slot, [slots, kvHeads, context, headDim] each. Owns the
/// memory: no tensor of it may be used after [#close].
final class KvCache implements AutoCloseable {
    private static final long ALIGNMENT = 64;

    private final int kvHeads;
    private final int context;
    private final int headDim;
    private final long slotBytes;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment[]
            caches; // [2 * layers]: keys of layer 0, its values, keys of 1, ...

    KvCache(int layers, int slots, int kvHeads, int context, int headDim) {
        this.kvHeads = kvHeads;
        this.context = context;
        this.headDim = headDim;
        slotBytes = (long) kvHeads * context * headDim * Float.BYTES;
        caches = new MemorySegment[2 * layers];
        for (int i = 0; i < caches.length; i++) {
            caches[i] = arena.allocate(slots * slotBytes, ALIGNMENT);
        }
    }

    /// Keys and values of each layer, alternately: 2 * layers.
    int size() {
        return caches.length;
    }

    /// A view of slots `first` to `first + batch - 1` of one cache; its caller closes it.
    ///
    /// @return [batch, kvHeads, context, headDim]
    OnnxTensor view(OrtEnvironment environment, int cache, int first, int batch)
            throws OrtException {
        return OnnxTensor.createTensor(
                environment,
                caches[cache]
                        .asSlice(first * slotBytes, batch * slotBytes)
                        .asByteBuffer()
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer(),
                new long[] {batch, kvHeads, context, headDim});
    }

    /// Copies the first `length` positions of slot `from` over those of slot `to`.
    void move(int from, int to, int length) {
        long headBytes = (long) context * headDim * Float.BYTES;
        long bytes = (long) length * headDim * Float.BYTES;
        for (MemorySegment cache : caches) {
            for (int head = 0; head < kvHeads; head++) {
                MemorySegment.copy(
                        cache,
                        from * slotBytes + head * headBytes,
                        cache,
                        to * slotBytes + head * headBytes,
                        bytes);
            }
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
