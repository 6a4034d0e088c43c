package io.thumbwheel.serving.generation;

import java.nio.FloatBuffer;
import java.util.List;

/// A policy that takes 20 microseconds for each token that it reads, and a millisecond for a step;
/// it says which passes it made.
final class SlowReader implements Policy {
    private static final long NANOS_PER_TOKEN = 20_000;

    private final List<String> passes;
    private final FloatBuffer logits = FloatBuffer.wrap(new float[10 * 4]); // [slots, vocab]

    SlowReader(List<String> passes) {
        this.passes = passes;
    }

    private FloatBuffer take(String pass, int tokens) {
        passes.add(pass);
        long end = System.nanoTime() + tokens * NANOS_PER_TOKEN;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        return logits;
    }

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
        return take("fresh", prompts.length * prompts[0].length);
    }

    @Override
    public FloatBuffer extend(int slot, int[] tokens, int past, int end) {
        return take("chunk", end - past);
    }

    @Override
    public FloatBuffer decode(int[] tokens, int[] lengths, int batch) {
        return take("decode", 50);
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
