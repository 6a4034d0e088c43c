package io.thumbwheel.serving.generation;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// A policy without an engine: its logits are a function of the tokens so far. It keeps the tokens
/// of each slot, so that a scheduler that mixes up slots or lengths is found out. Id 0 ends an
/// answer.
public final class ScriptedPolicy implements Policy {
    private static final long PATIENCE_SECONDS = 10;

    private final int vocab;
    private final int context;
    private final int slots;
    private final Function<List<Integer>, float[]> script;
    private final Map<Integer, List<Integer>> tokens = new TreeMap<>(); // by slot
    private final Semaphore steps = new Semaphore(Integer.MAX_VALUE);
    private volatile boolean failing;
    private volatile boolean closed;
    private final List<Integer> chunks = new CopyOnWriteArrayList<>();
    private final Map<Integer, List<Integer>> kept = new TreeMap<>(); // by block
    private volatile int blocks;
    private volatile int mostTogether;

    /// @param script tokens so far to logits [vocab]
    public ScriptedPolicy(
            int vocab, int context, int slots, Function<List<Integer>, float[]> script) {
        this.vocab = vocab;
        this.context = context;
        this.slots = slots;
        this.script = script;
    }

    /// Says last + 1 each time, until 9, and then ends.
    public static ScriptedPolicy counting(int slots) {
        return new ScriptedPolicy(
                100,
                64,
                slots,
                sofar -> {
                    float[] logits = new float[100];
                    logits[sofar.getLast() >= 9 ? 0 : sofar.getLast() + 1] = 20;
                    return logits;
                });
    }

    /// All ids but the end are as probable.
    public static ScriptedPolicy uniform(int slots) {
        return new ScriptedPolicy(
                100,
                64,
                slots,
                _ -> {
                    float[] logits = new float[100];
                    logits[0] = -100;
                    return logits;
                });
    }

    /// From now on a decode step waits for [#step].
    public void hold() {
        steps.drainPermits();
    }

    /// Lets one decode step go on.
    public void step() {
        steps.release();
    }

    /// Lets all go on.
    public void letGo() {
        steps.release(1 << 20);
    }

    /// Whether forward passes fail.
    public void failing(boolean now) {
        failing = now;
    }

    public boolean closed() {
        return closed;
    }

    /// How many blocks it can keep.
    public ScriptedPolicy blocks(int number) {
        blocks = number;
        return this;
    }

    /// Tokens of each pass of one sequence alone.
    public List<Integer> chunks() {
        return chunks;
    }

    /// The largest batch of a decode step so far.
    public int mostTogether() {
        return mostTogether;
    }

    @Override
    public int vocab() {
        return vocab;
    }

    @Override
    public int context() {
        return context;
    }

    @Override
    public int slots() {
        return slots;
    }

    @Override
    public boolean ends(int token) {
        return token == 0;
    }

    @Override
    public FloatBuffer prefill(int firstSlot, int[][] prompts) throws PolicyFailedException {
        failWhenAsked();
        FloatBuffer logits = FloatBuffer.allocate(prompts.length * vocab); // [batch, vocab]
        for (int row = 0; row < prompts.length; row++) {
            requireSlot(firstSlot + row);
            List<Integer> sequence = new ArrayList<>();
            for (int id : prompts[row]) {
                sequence.add(id);
            }
            tokens.put(firstSlot + row, sequence);
            logits.put(row * vocab, script.apply(List.copyOf(sequence)));
        }
        return logits;
    }

    @Override
    public FloatBuffer extend(int slot, int[] sequence, int past, int end)
            throws PolicyFailedException {
        if (past > 0 && end - past == 1) {
            await();
        }
        failWhenAsked();
        requireSlot(slot);
        List<Integer> held = past == 0 ? new ArrayList<>() : sequence(slot);
        if (held.size() < past) {
            throw new IllegalStateException(
                    "slot %d holds %s, not %d tokens".formatted(slot, held, past));
        }
        List<Integer> longer = new ArrayList<>(held.subList(0, past));
        for (int i = past; i < end; i++) {
            longer.add(sequence[i]);
        }
        tokens.put(slot, longer);
        chunks.add(end - past);
        return FloatBuffer.wrap(script.apply(List.copyOf(longer))); // [1, vocab]
    }

    @Override
    public FloatBuffer decode(int[] appended, int[] lengths, int batch)
            throws PolicyFailedException {
        await();
        failWhenAsked();
        mostTogether = Math.max(mostTogether, batch);
        FloatBuffer logits = FloatBuffer.allocate(batch * vocab); // [batch, vocab]
        for (int slot = 0; slot < batch; slot++) {
            List<Integer> sequence = sequence(slot);
            if (sequence.size() != lengths[slot]) {
                throw new IllegalStateException(
                        "slot %d holds %s, not %d tokens".formatted(slot, sequence, lengths[slot]));
            }
            sequence.add(appended[slot]);
            logits.put(slot * vocab, script.apply(List.copyOf(sequence)));
        }
        return logits;
    }

    @Override
    public FloatBuffer softmax(FloatBuffer logits, float[] scales, int rows) {
        FloatBuffer probabilities = FloatBuffer.allocate(slots * vocab); // [slots, vocab]
        PlainSoftmax.of(logits, scales, rows, probabilities);
        return probabilities;
    }

    @Override
    public void move(int from, int to, int length) {
        tokens.put(to, new ArrayList<>(sequence(from).subList(0, length)));
    }

    @Override
    public int blocks() {
        return blocks;
    }

    @Override
    public void keep(int slot, int start, int block) {
        kept.put(block, List.copyOf(sequence(slot).subList(start, start + BLOCK)));
    }

    @Override
    public void restore(int block, int slot, int start) {
        requireSlot(slot);
        List<Integer> held = start == 0 ? List.of() : List.copyOf(sequence(slot).subList(0, start));
        List<Integer> longer = new ArrayList<>(held);
        longer.addAll(Objects.requireNonNull(kept.get(block), "block was never kept"));
        tokens.put(slot, longer);
    }

    @Override
    public void close() {
        closed = true;
    }

    private List<Integer> sequence(int slot) {
        requireSlot(slot);
        List<Integer> sequence = tokens.get(slot);
        if (sequence == null) {
            throw new IllegalStateException("slot " + slot + " was never filled");
        }
        return sequence;
    }

    private void requireSlot(int slot) {
        if (closed || slot > slots) {
            throw new IllegalStateException("slot " + slot + " of " + slots + ", closed " + closed);
        }
    }

    private void failWhenAsked() throws PolicyFailedException {
        if (failing) {
            throw new PolicyFailedException("scripted failure");
        }
    }

    private void await() {
        try {
            if (!steps.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the test held this policy and forgot it");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }
}
