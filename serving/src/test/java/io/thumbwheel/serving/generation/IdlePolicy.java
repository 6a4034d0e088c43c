package io.thumbwheel.serving.generation;

import java.nio.FloatBuffer;

/// A policy that takes no time and allocates nothing: its logits are always the same.
final class IdlePolicy implements Policy {
    private final FloatBuffer logits = FloatBuffer.wrap(new float[10 * 4]); // [slots, vocab]

    @Override
    public int vocab() {
        return 10;
    }

    @Override
    public int context() {
        return 8_000;
    }

    @Override
    public int slots() {
        return 4;
    }

    @Override
    public boolean ends(int token) {
        return false;
    }

    @Override
    public FloatBuffer prefill(int firstSlot, int[][] prompts) {
        return logits;
    }

    @Override
    public FloatBuffer extend(int slot, int[] tokens, int past, int end) {
        return logits;
    }

    @Override
    public FloatBuffer decode(int[] tokens, int[] lengths, int batch) {
        return logits;
    }

    @Override
    public void move(int from, int to, int length) {}

    @Override
    public int blocks() {
        return 0;
    }

    @Override
    public void keep(int slot, int start, int block) {}

    @Override
    public void restore(int block, int slot, int start) {}

    @Override
    public void close() {}
}
