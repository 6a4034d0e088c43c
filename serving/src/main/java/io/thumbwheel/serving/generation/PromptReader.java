package io.thumbwheel.serving.generation;

import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Reads the prompts of one policy's answers, in turn, and draws their first tokens.
///
/// GroupQueryAttention of ONNX Runtime takes several new tokens behind a past in batches of 1 only.
/// So short fresh prompts are read together, and all else alone, in chunks that take no longer than
/// the answers in the making may stand still. The scheduler thread's.
final class PromptReader {
    /// Tokens of a deterministic answer's prompt in one pass: the same whatever else runs.
    static final int FIXED_CHUNK = 4 * Policy.BLOCK;

    private final Policy policy;
    private final PolicyLoad load;
    private final Sampler sampler;
    private final Slots slots;
    private final PrefixCache prefixes;
    private final PrefillPace pace = new PrefillPace();
    private final Deque<Sequence> unread = new ArrayDeque<>(); // with or without a slot
    private boolean begun;

    PromptReader(
            Policy policy, PolicyLoad load, Sampler sampler, Slots slots, PrefixCache prefixes) {
        this.policy = policy;
        this.load = load;
        this.sampler = sampler;
        this.slots = slots;
        this.prefixes = prefixes;
    }

    void add(Sequence sequence) {
        unread.add(sequence);
    }

    void remove(Sequence sequence) {
        unread.remove(sequence);
    }

    /// Reads for about so many nanoseconds, but something.
    ///
    /// @return whether a prompt was read to its end
    boolean read(long nanos) {
        if (unread.isEmpty()) {
            return false;
        }
        begun = false;
        readSome(nanos);
        return begun;
    }

    private void readSome(long nanos) {
        long start = System.nanoTime();

        // 1. Short fresh prompts together; where others wait as well, for half of the time.
        int most = pace.tokensIn(nanos);
        List<Sequence> batch = together(most);
        if (batch.size() < unread.size()) {
            batch = together(most / 2);
        }
        readTogether(batch);

        // 2. The others by turns, a chunk each.
        boolean something = !batch.isEmpty();
        while (!unread.isEmpty()) {
            long left = nanos - (System.nanoTime() - start);
            if (something && left < nanos / 4) {
                return;
            }
            readOn(unread.remove(), pace.tokensIn(left));
            something = true;
        }
    }

    /// The fresh prompts that one pass of so many padded tokens takes; of those that begin alike
    /// only one, since the others can copy from it.
    private List<Sequence> together(int most) {
        List<Sequence> batch = new ArrayList<>();
        int room = slots.room();
        int longest = 0;
        for (Sequence sequence : unread) {
            int length = Math.max(longest, sequence.promptLength());
            if (batch.size() < room
                    && length * (batch.size() + 1) <= most
                    && sequence.slot() < 0
                    && !sequence.deterministic()
                    && prefixes.saves(sequence, batch) == 0) {
                batch.add(sequence);
                longest = length;
            }
        }
        return batch;
    }

    private void readTogether(List<Sequence> batch) {
        if (batch.isEmpty()) {
            return;
        }
        unread.removeAll(batch);
        int firstSlot = slots.together();
        int[][] prompts = new int[batch.size()][]; // [batch][prompt]
        int longest = 0;
        for (int row = 0; row < prompts.length; row++) {
            slots.append(batch.get(row));
            prompts[row] = batch.get(row).tokens();
            longest = Math.max(longest, prompts[row].length);
        }
        try {
            long start = System.nanoTime();
            FloatBuffer logits = policy.prefill(firstSlot, prompts); // [batch, vocab]
            long now = System.nanoTime();
            pace.took(prompts.length * longest, now - start);
            for (int row = 0; row < prompts.length; row++) {
                Sequence sequence = batch.get(row);
                sequence.read(sequence.promptLength());
                prefixes.keep(sequence);
                load.computed(sequence.promptLength());
                sequence.prepare(sampler, logits, row);
            }
            sampler.weigh(logits, prompts.length);
            for (int row = 0; row < prompts.length; row++) {
                begin(batch.get(row), row, now);
            }
        } catch (PolicyFailedException | RuntimeException e) {
            batch.forEach(sequence -> sequence.fail(e));
        }
    }

    /// Reads the next tokens of one prompt, alone.
    private void readOn(Sequence sequence, int most) {
        if (sequence.slot() < 0) {
            slots.apart(sequence);
        }
        boolean same = sequence.deterministic();
        try {
            if (!same) {
                prefixes.restore(sequence);
            }
            int past = sequence.length();
            int end = Math.min(sequence.promptLength(), past + (same ? FIXED_CHUNK : most));
            long start = System.nanoTime();
            FloatBuffer logits =
                    policy.extend(sequence.slot(), sequence.tokens(), past, end); // [1, vocab]
            long now = System.nanoTime();
            pace.took(end - past, now - start);
            sequence.read(end);
            load.computed(end - past);
            if (!same) {
                prefixes.keep(sequence);
            }
            if (!sequence.promptRead()) {
                unread.add(sequence);
                return;
            }
            if (!same) {
                slots.join(sequence);
            }
            sequence.prepare(sampler, logits, 0);
            sampler.weigh(logits, 1);
            begin(sequence, 0, now);
        } catch (PolicyFailedException | RuntimeException e) {
            sequence.fail(e);
        }
    }

    private void begin(Sequence sequence, int row, long now) {
        if (!sequence.deterministic() && policy.blocks() > 0) {
            load.lookedUp(sequence.promptLength(), sequence.cachedTokens());
        }
        sequence.draw(sampler, row, now);
        sequence.tell();
        begun = true;
        load.drew(1);
    }
}
