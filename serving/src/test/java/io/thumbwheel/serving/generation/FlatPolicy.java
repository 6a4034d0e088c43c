package io.thumbwheel.serving.generation;

import java.nio.FloatBuffer;

/// A policy of four slots that finds all ids as probable at each step. It takes no time and
/// allocates nothing.
class FlatPolicy implements Policy {
    private static final int SLOTS = 4;

    private final int vocab;
    private final FloatBuffer logits; // [slots, vocab]
    private final FloatBuffer probabilities; // [slots, vocab]

    FlatPolicy(int vocab) {
        this.vocab = vocab;
        logits = FloatBuffer.wrap(new float[SLOTS * vocab]);
        probabilities = FloatBuffer.wrap(new float[SLOTS * vocab]);
    }

    @Override
    public int vocab() {
        return vocab;
    }

    @Override
    public int context() {
        return 8_000;
    }

    @Override
    public int slots() {
        return SLOTS;
    }

    @Override
    public boolean ends(int token) {
        return false;
    }

    @Override
    public FloatBuffer prefill(int firstSlot, int[][] prompts) {
        return flat();
    }

    @Override
    public FloatBuffer extend(int slot, int[] tokens, int past, int end) {
        return flat();
    }

    @Override
    public FloatBuffer decode(int[] tokens, int[] lengths, int batch) {
        return flat();
    }

    /// As a pass would leave them, whatever was done to them since.
    private FloatBuffer flat() {
        for (int i = 0; i < logits.capacity(); i++) {
            logits.put(i, 0);
        }
        return logits;
    }

    @Override
    public FloatBuffer softmax(FloatBuffer of, float[] scales, int rows) {
        PlainSoftmax.of(of, scales, rows, probabilities);
        return probabilities;
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
