package io.thumbwheel.serving.generation;

import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/// The running answers of one policy, dense in its slots. The scheduler thread's.
final class Lane {
    private final Policy policy;
    private final PolicyLoad load;
    private final Sampler sampler;
    private final List<Sequence> sequences; // by slot
    private final int[] tokens; // [slots]
    private final int[] lengths; // [slots]

    Lane(PolicyHandle handle) {
        policy = handle.policy();
        load = handle.load();
        sampler = new Sampler(policy.vocab());
        sequences = new ArrayList<>(policy.slots());
        tokens = new int[policy.slots()];
        lengths = new int[policy.slots()];
    }

    int running() {
        return sequences.size();
    }

    int free() {
        return policy.slots() - sequences.size();
    }

    /// Takes in fresh answers, at most [#free], and draws the first token of each.
    void admit(List<Sequence> fresh) {
        int first = sequences.size();
        sequences.addAll(fresh);
        int[][] prompts = new int[fresh.size()][]; // [batch][prompt]
        for (int i = 0; i < prompts.length; i++) {
            prompts[i] = fresh.get(i).prompt();
            load.computed(prompts[i].length);
        }
        try {
            FloatBuffer logits = policy.prefill(first, prompts); // [batch, vocab]
            long now = System.nanoTime();
            for (int i = 0; i < prompts.length; i++) {
                if (!fresh.get(i).ended()) {
                    fresh.get(i).advance(sampler, logits, i, now);
                }
            }
            load.drew(prompts.length);
        } catch (PolicyFailedException | RuntimeException e) {
            fresh.forEach(sequence -> sequence.fail(e));
        }
        compact();
    }

    /// Draws the next token of every running answer.
    void step() {
        dropCancelled();
        int batch = sequences.size();
        if (batch == 0) {
            return;
        }
        for (int slot = 0; slot < batch; slot++) {
            tokens[slot] = sequences.get(slot).lastToken();
            lengths[slot] = sequences.get(slot).length();
        }
        try {
            FloatBuffer logits = policy.decode(tokens, lengths, batch); // [batch, vocab]
            long now = System.nanoTime();
            for (int slot = 0; slot < batch; slot++) {
                sequences.get(slot).advance(sampler, logits, slot, now);
            }
            load.drew(batch);
        } catch (PolicyFailedException | RuntimeException e) {
            sequences.forEach(sequence -> sequence.fail(e));
        }
        compact();
    }

    /// Fails all that run.
    void fail(Exception cause) {
        sequences.forEach(sequence -> sequence.fail(cause));
        compact();
    }

    private void dropCancelled() {
        for (Sequence sequence : sequences) {
            if (sequence.cancelled()) {
                sequence.finish(FinishReason.CANCELLED);
            }
        }
        compact();
    }

    /// Frees the slots of those that ended; the last sequence moves into the gap. From the end, so
    /// that the last one is never an ended one.
    private void compact() {
        long held = 0;
        for (int slot = sequences.size() - 1; slot >= 0; slot--) {
            Sequence sequence = sequences.get(slot);
            if (!sequence.ended()) {
                held += sequence.length();
                continue;
            }
            Sequence last = sequences.removeLast();
            if (slot < sequences.size()) {
                policy.move(sequences.size(), slot, last.length());
                sequences.set(slot, last);
            }
            sequence.handle().release();
        }
        load.holds(sequences.size(), held);
    }
}
