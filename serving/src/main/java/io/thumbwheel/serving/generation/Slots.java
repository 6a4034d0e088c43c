package io.thumbwheel.serving.generation;

import org.jspecify.annotations.Nullable;

/// Who lies in which slot of a policy: those decoded together densely from slot 0 on, those
/// computed alone (their prompt is being read, or they are deterministic) from the top down. The
/// policy has one slot more than sequences may run, so there is always one free to change places
/// with. The scheduler thread's.
final class Slots {
    private final Policy policy;
    private final @Nullable Sequence[] holders; // [slots + 1]
    private int together;

    Slots(Policy policy) {
        this.policy = policy;
        holders = new @Nullable Sequence[policy.slots() + 1];
    }

    /// How many are decoded together, in slots 0 to this - 1.
    int together() {
        return together;
    }

    /// The sequence in one of those slots.
    Sequence at(int slot) {
        Sequence holder = holders[slot];
        if (slot >= together || holder == null) {
            throw new IllegalStateException("slot " + slot + " of " + together + " is empty");
        }
        return holder;
    }

    /// How many free slots follow those decoded together.
    int room() {
        int end = together;
        while (end < policy.slots() && holders[end] == null) {
            end++;
        }
        return end - together;
    }

    /// Puts a new sequence behind those decoded together.
    void append(Sequence sequence) {
        put(sequence, together++);
    }

    /// Puts a new sequence where it is computed alone.
    void apart(Sequence sequence) {
        put(sequence, highestFree());
    }

    /// Moves a sequence that was apart behind those decoded together.
    void join(Sequence sequence) {
        Sequence inTheWay = holders[together];
        if (inTheWay != sequence) {
            if (inTheWay != null) {
                move(inTheWay, highestFree());
            }
            move(sequence, together);
        }
        together++;
    }

    /// Frees a slot; the last of those decoded together moves into a gap among them.
    void leave(Sequence sequence) {
        int slot = sequence.slot();
        holders[slot] = null;
        sequence.slot(-1);
        if (slot < together) {
            together--;
            Sequence last = holders[together];
            if (last != null) {
                move(last, slot);
            }
        }
    }

    private int highestFree() {
        int slot = policy.slots();
        while (slot >= 0 && holders[slot] != null) {
            slot--;
        }
        return slot;
    }

    private void put(Sequence sequence, int slot) {
        if (holders[slot] != null) {
            throw new IllegalStateException("slot " + slot + " is taken");
        }
        holders[slot] = sequence;
        sequence.slot(slot);
    }

    private void move(Sequence sequence, int to) {
        int from = sequence.slot();
        policy.move(from, to, sequence.length());
        holders[from] = null;
        put(sequence, to);
    }
}
