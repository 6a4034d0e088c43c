package io.thumbwheel.serving.generation;

import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Beginnings of sequences that a policy has computed, in blocks of [Policy#BLOCK] tokens, each
/// known by the block before it and its own token ids. It belongs to one policy and goes with it:
/// keys and values of other weights are other numbers. Its memory, [Policy#blocks], is the bound;
/// the block used longest ago goes first. Whoever uses a block uses all before it, so none goes
/// before those that follow it. The scheduler thread's.
final class PrefixCache {
    /// Tokens that must be saved at least: going on alone costs a forward pass of its own, while a
    /// fresh prompt is read together with others.
    static final int LEAST_SAVED = 2 * Policy.BLOCK;

    private final Policy policy;
    private final Map<Key, Block> blocks = new HashMap<>();
    private long uses;

    /// @param before the block before; null at the beginning of a sequence
    /// @param tokens token ids [block]; equal by content
    private record Key(@Nullable Block before, IntBuffer tokens) {}

    /// A block; equal to itself alone, so that nothing follows one that is gone.
    static final class Block {
        private final Key key;
        private final int memory;
        private final int end; // tokens up to its end
        private long used;

        private Block(Key key, int memory) {
            this.key = key;
            this.memory = memory;
            this.end = (key.before() == null ? 0 : key.before().end) + Policy.BLOCK;
        }

        /// Tokens of a sequence up to this block's end.
        int end() {
            return end;
        }
    }

    PrefixCache(Policy policy) {
        this.policy = policy;
    }

    /// How many of a prompt's tokens could be copied instead of computed: whole blocks, and never
    /// the last token, the logits of which are needed. 0 where so few do not pay.
    ///
    /// @param soon sequences that will be kept before
    int saves(Sequence sequence, List<Sequence> soon) {
        int length = 0;
        for (Block next = next(null, sequence); next != null; next = next(next, sequence)) {
            length = next.end();
        }
        for (Sequence other : soon) {
            int alike = Arrays.mismatch(sequence.tokens(), other.tokens());
            int most = Math.min(sequence.promptLength() - 1, other.promptLength());
            length = Math.max(length, alike < 0 ? most : Math.min(alike, most));
        }
        int whole = length / Policy.BLOCK * Policy.BLOCK;
        return policy.blocks() == 0 || whole < LEAST_SAVED ? 0 : whole;
    }

    /// Copies into a sequence's slot what of its prompt is known beyond what it holds, if that is
    /// whole blocks.
    void restore(Sequence sequence) {
        Block last = sequence.block();
        if (sequence.length() != (last == null ? 0 : last.end())) {
            return;
        }
        for (Block next = next(last, sequence); next != null; next = next(next, sequence)) {
            policy.restore(next.memory, sequence.slot(), next.end() - Policy.BLOCK);
            last = next;
        }
        if (last != null) {
            use(last);
            sequence.restored(last);
        }
    }

    /// Keeps the whole blocks that a sequence's slot holds, as far as memory goes.
    void keep(Sequence sequence) {
        Block last = sequence.block();
        int end = last == null ? 0 : last.end();
        if (policy.blocks() == 0 || end + Policy.BLOCK > sequence.length()) {
            return;
        }
        use(last);
        for (int start = end; start + Policy.BLOCK <= sequence.length(); start += Policy.BLOCK) {
            Block next = blocks.get(key(last, sequence.tokens(), start));
            if (next == null) {
                int memory = memory();
                if (memory < 0) {
                    break;
                }
                policy.keep(sequence.slot(), start, memory);
                int[] own = Arrays.copyOfRange(sequence.tokens(), start, start + Policy.BLOCK);
                next = new Block(new Key(last, IntBuffer.wrap(own)), memory);
                blocks.put(next.key, next);
            }
            next.used = uses;
            last = next;
        }
        sequence.kept(last);
    }

    /// How many blocks it holds.
    int size() {
        return blocks.size();
    }

    private @Nullable Block next(@Nullable Block before, Sequence sequence) {
        int start = before == null ? 0 : before.end();
        if (start + Policy.BLOCK >= sequence.promptLength()) {
            return null;
        }
        return blocks.get(key(before, sequence.tokens(), start));
    }

    private static Key key(@Nullable Block before, int[] tokens, int start) {
        return new Key(before, IntBuffer.wrap(tokens, start, Policy.BLOCK));
    }

    private void use(@Nullable Block last) {
        uses++;
        for (Block block = last; block != null; block = block.key.before()) {
            block.used = uses;
        }
    }

    /// Memory for a block, taken from the one used longest ago where none is left; -1 where all of
    /// it belongs to the sequence that asks.
    private int memory() {
        if (blocks.size() < policy.blocks()) {
            return blocks.size();
        }
        Block oldest = null;
        for (Block block : blocks.values()) {
            if (oldest == null
                    || block.used < oldest.used
                    || block.used == oldest.used && block.end > oldest.end) {
                oldest = block;
            }
        }
        if (oldest == null || oldest.used == uses) {
            return -1;
        }
        blocks.remove(oldest.key);
        return oldest.memory;
    }
}
