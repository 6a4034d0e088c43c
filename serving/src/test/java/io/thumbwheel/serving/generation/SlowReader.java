package io.thumbwheel.serving.generation;

import java.nio.FloatBuffer;
import java.util.List;

/// A policy that takes 20 microseconds for each token that it reads, and a millisecond for a step;
/// it says which passes it made.
final class SlowReader extends FlatPolicy {
    private static final long NANOS_PER_TOKEN = 20_000;

    private final List<String> passes;

    SlowReader(List<String> passes) {
        super(10);
        this.passes = passes;
    }

    private void take(String pass, int tokens) {
        passes.add(pass);
        long end = System.nanoTime() + tokens * NANOS_PER_TOKEN;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    @Override
    public FloatBuffer prefill(int firstSlot, int[][] prompts) {
        take("fresh", prompts.length * prompts[0].length);
        return super.prefill(firstSlot, prompts);
    }

    @Override
    public FloatBuffer extend(int slot, int[] tokens, int past, int end) {
        take("chunk", end - past);
        return super.extend(slot, tokens, past, end);
    }

    @Override
    public FloatBuffer decode(int[] tokens, int[] lengths, int batch) {
        take("decode", 50);
        return super.decode(tokens, lengths, batch);
    }
}
