package io.thumbwheel.serving.onnx;

import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.serving.generation.Policy;

/// The sizes of the memory that a release works in: logits and probabilities, [slots, vocab] each;
/// keys and values of every layer for all slots, [slots + 1, kvHeads, context, headDim] each; the
/// blocks of the prefix cache, [blocks, 2 * layers, kvHeads, block, headDim].
///
/// @param slots sequences decoded together; the cache has one slot more
/// @param context most tokens of a slot
/// @param blocks of [Policy#BLOCK] tokens, besides the slots
record KvLayout(
        int layers, int kvHeads, int headDim, int vocab, int slots, int context, int blocks) {
    KvLayout {
        long most = (slots + 1L) * kvHeads * context * headDim * Float.BYTES;
        if (most > Integer.MAX_VALUE || (long) slots * vocab * Float.BYTES > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "%d slots of %d tokens need %d bytes per layer, beyond 2 GB: lower serving.queue.slots or serving.queue.context"
                            .formatted(slots, context, most));
        }
    }

    /// @param context what the model knows at most
    static KvLayout of(
            int layers, int kvHeads, int headDim, int vocab, int context, OnnxConfig config) {
        long block = 2L * layers * kvHeads * Policy.BLOCK * headDim * Float.BYTES;
        long blocks = Math.min(config.prefixBytes() / block, Integer.MAX_VALUE);
        return new KvLayout(
                layers,
                kvHeads,
                headDim,
                vocab,
                config.slots(),
                Math.min(context, config.context()),
                (int) blocks);
    }

    static KvLayout of(ModelConfig model, OnnxConfig config) {
        return of(
                model.layers(),
                model.keyValueHeads(),
                model.headDim(),
                model.vocab(),
                model.context(),
                config);
    }

    /// Keys, or values, of one layer's head and slot.
    long headBytes() {
        return (long) context * headDim * Float.BYTES;
    }

    /// Keys, or values, of one layer's slot.
    long slotBytes() {
        return kvHeads * headBytes();
    }

    /// A layer's keys, or its values.
    long cacheBytes() {
        return (slots + 1) * slotBytes();
    }

    /// Tokens of one block in one head of a layer's keys, or values.
    long pieceBytes() {
        return (long) Policy.BLOCK * headDim * Float.BYTES;
    }

    /// A block: keys and values of all layers.
    long blockBytes() {
        return 2L * layers * kvHeads * pieceBytes();
    }

    /// The logits, or the probabilities, to a whole cache line.
    long logitsBytes() {
        return Math.ceilDiv((long) slots * vocab * Float.BYTES, 64L) * 64;
    }

    /// All of it.
    long bytes() {
        return 2 * logitsBytes() + 2L * layers * cacheBytes() + blocks * blockBytes();
    }
}
