package io.thumbwheel.serving.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.thumbwheel.serving.generation.Policy;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/// Keys and values of every layer and slot, and blocks of them that are kept for others, in memory
/// that is leased. No tensor of it may be used after the lease has ended.
final class KvCache {
    private final KvLayout layout;
    private final MemorySegment memory;

    /// @param memory as large as the layout says
    KvCache(KvLayout layout, MemorySegment memory) {
        this.layout = layout;
        this.memory = memory;
    }

    /// Keys and values of each layer, alternately: 2 * layers.
    int size() {
        return 2 * layout.layers();
    }

    /// A view of slots `first` to `first + batch - 1` of one cache; its caller closes it.
    ///
    /// @return [batch, kvHeads, context, headDim]
    OnnxTensor view(OrtEnvironment environment, int cache, int first, int batch)
            throws OrtException {
        return OnnxTensor.createTensor(
                environment,
                memory.asSlice(slot(cache, first), batch * layout.slotBytes())
                        .asByteBuffer()
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer(),
                new long[] {batch, layout.kvHeads(), layout.context(), layout.headDim()});
    }

    /// The logits' memory.
    ///
    /// @return [slots, vocab]
    FloatBuffer logits() {
        return rows(0);
    }

    /// The memory of the probabilities that the logits make.
    ///
    /// @return [slots, vocab]
    FloatBuffer probabilities() {
        return rows(layout.logitsBytes());
    }

    private FloatBuffer rows(long start) {
        return memory.asSlice(start, layout.logitsBytes())
                .asByteBuffer()
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    /// Copies the first `length` positions of slot `from` over those of slot `to`.
    void move(int from, int to, int length) {
        long bytes = (long) length * layout.headDim() * Float.BYTES;
        for (int cache = 0; cache < size(); cache++) {
            for (int head = 0; head < layout.kvHeads(); head++) {
                long offset = head * layout.headBytes();
                copy(slot(cache, from) + offset, slot(cache, to) + offset, bytes);
            }
        }
    }

    /// Copies a block's tokens, from token `start` of a slot on, into a block.
    void keep(int slot, int start, int block) {
        for (int cache = 0; cache < size(); cache++) {
            for (int head = 0; head < layout.kvHeads(); head++) {
                copy(
                        token(cache, slot, head, start),
                        piece(block, cache, head),
                        layout.pieceBytes());
            }
        }
    }

    /// Copies a block into a slot, to token `start` and those after.
    void restore(int block, int slot, int start) {
        for (int cache = 0; cache < size(); cache++) {
            for (int head = 0; head < layout.kvHeads(); head++) {
                copy(
                        piece(block, cache, head),
                        token(cache, slot, head, start),
                        layout.pieceBytes());
            }
        }
    }

    private void copy(long from, long to, long bytes) {
        MemorySegment.copy(memory, from, memory, to, bytes);
    }

    private long slot(int cache, int slot) {
        return 2 * layout.logitsBytes() + cache * layout.cacheBytes() + slot * layout.slotBytes();
    }

    private long token(int cache, int slot, int head, int position) {
        return slot(cache, slot)
                + head * layout.headBytes()
                + position * (layout.pieceBytes() / Policy.BLOCK);
    }

    private long piece(int block, int cache, int head) {
        return slot(size(), 0)
                + block * layout.blockBytes()
                + (cache * layout.kvHeads() + head) * layout.pieceBytes();
    }
}
