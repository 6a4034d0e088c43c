package io.thumbwheel.serving.generation;

import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/// The running answers of one policy: of some the prompt is being read, the others draw a token at
/// each step, together but for the deterministic ones.
///
/// A deterministic answer shares no pass with others, and its passes have the same shapes whatever
/// else runs: its prompt is read in chunks of one length, none of it comes from the prefix cache,
/// and it is decoded in a batch of 1. The scheduler thread's.
final class Lane {
    private final Policy policy;
    private final PolicyLoad load;
    private final Sampler sampler;
    private final Slots slots;
    private final PrefixCache prefixes;
    private final PromptReader prompts;
    private final List<Sequence> running = new ArrayList<>();
    private final int[] tokens; // [slots]
    private final int[] lengths; // [slots]

    Lane(Policy policy, PolicyLoad load) {
        this.policy = policy;
        this.load = load;
        sampler = new Sampler(policy);
        slots = new Slots(policy);
        prefixes = new PrefixCache(policy);
        prompts = new PromptReader(policy, load, sampler, slots, prefixes);
        tokens = new int[policy.slots()];
        lengths = new int[policy.slots()];
    }

    int running() {
        return running.size();
    }

    int free() {
        return policy.slots() - running.size();
    }

    /// Whether an answer waits for its next token.
    boolean decoding() {
        for (int i = 0; i < running.size(); i++) {
            if (running.get(i).promptRead()) {
                return true;
            }
        }
        return false;
    }

    /// Takes in a fresh answer; only where one is [#free].
    void admit(Sequence fresh, long now) {
        running.add(fresh);
        prompts.add(fresh);
        fresh.scheduled(now);
        if (fresh.ended()) {
            retire();
        }
    }

    /// Reads prompts for about so many nanoseconds, and draws the first tokens of those read.
    ///
    /// @return whether first tokens were drawn
    boolean read(long nanos) {
        dropCancelled();
        boolean begun = prompts.read(nanos);
        retire();
        return begun;
    }

    /// Draws the next token of every answer whose prompt is read.
    void step() {
        dropCancelled();
        stepTogether();
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            if (sequence.deterministic() && sequence.promptRead()) {
                stepAlone(sequence);
            }
        }
        retire();
    }

    private void stepTogether() {
        int batch = slots.together();
        if (batch == 0) {
            return;
        }
        for (int slot = 0; slot < batch; slot++) {
            tokens[slot] = slots.at(slot).lastToken();
            lengths[slot] = slots.at(slot).length();
        }
        try {
            FloatBuffer logits = policy.decode(tokens, lengths, batch); // [batch, vocab]
            long now = System.nanoTime();
            for (int slot = 0; slot < batch; slot++) {
                slots.at(slot).read(lengths[slot] + 1);
                slots.at(slot).prepare(sampler, logits, slot);
            }
            sampler.weigh(logits, batch);
            for (int slot = 0; slot < batch; slot++) {
                slots.at(slot).draw(sampler, slot, now);
            }
            // At one go, so that whoever sends them wakes up once.
            for (int slot = 0; slot < batch; slot++) {
                slots.at(slot).tell();
            }
            load.drew(batch);
        } catch (PolicyFailedException | RuntimeException e) {
            for (int slot = 0; slot < batch; slot++) {
                slots.at(slot).fail(e);
            }
        }
    }

    private void stepAlone(Sequence sequence) {
        int past = sequence.length();
        try {
            FloatBuffer logits =
                    policy.extend(sequence.slot(), sequence.tokens(), past, past + 1); // [1, vocab]
            long now = System.nanoTime();
            sequence.read(past + 1);
            sequence.prepare(sampler, logits, 0);
            sampler.weigh(logits, 1);
            sequence.draw(sampler, 0, now);
            sequence.tell();
            load.drew(1);
        } catch (PolicyFailedException | RuntimeException e) {
            sequence.fail(e);
        }
    }

    /// Fails all that run.
    void fail(Exception cause) {
        running.forEach(sequence -> sequence.fail(cause));
        retire();
    }

    private void dropCancelled() {
        boolean any = false;
        for (int i = 0; i < running.size(); i++) {
            if (running.get(i).cancelled()) {
                running.get(i).finish(FinishReason.CANCELLED);
                any = true;
            }
        }
        if (any) {
            retire();
        }
    }

    /// Frees the slots of those that ended, from the last on, so that no ended one moves into a
    /// gap; then lets them and their references go.
    private void retire() {
        for (int slot = slots.together() - 1; slot >= 0; slot--) {
            if (slots.at(slot).ended()) {
                free(slots.at(slot));
            }
        }
        long held = 0;
        for (int i = running.size() - 1; i >= 0; i--) {
            Sequence sequence = running.get(i);
            if (sequence.ended()) {
                running.remove(i);
                prompts.remove(sequence);
                if (sequence.slot() >= 0) {
                    free(sequence);
                }
                sequence.handle().release();
            } else {
                held += sequence.length();
            }
        }
        load.holds(running.size(), held);
    }

    private void free(Sequence sequence) {
        if (sequence.sound() && !sequence.deterministic()) {
            prefixes.keep(sequence);
        }
        slots.leave(sequence);
    }
}
