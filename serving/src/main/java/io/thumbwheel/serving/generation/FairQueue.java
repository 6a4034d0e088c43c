package io.thumbwheel.serving.generation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Requests that wait for a slot, by caller: the callers take turns, and within a caller it is
/// first come, first served. So a caller who sends a hundred at once waits for the hundred, and
/// nobody else does.
///
/// It is bounded, and so is a caller's share: at most [#SHARE] times the places left free (dynamic
/// thresholds: Choudhury and Hahne, "Dynamic Queue Length Thresholds for Shared-Memory Packet
/// Switches", IEEE/ACM Transactions on Networking 6(2), 1998, equation 1). One caller alone gets
/// 8/9 of the places, and whoever comes then finds one. Not thread-safe.
final class FairQueue {
    private static final int SHARE = 8;

    private final int places;
    private final Map<String, Deque<Sequence>> callers = new LinkedHashMap<>(); // by turn
    private int size;

    FairQueue(int places) {
        this.places = places;
    }

    int size() {
        return size;
    }

    /// Takes a request in; false where there is no place for this caller.
    boolean offer(Sequence sequence) {
        Deque<Sequence> own = callers.get(sequence.caller());
        int taken = own == null ? 0 : own.size();
        int free = places - size;
        // With few places a share would be none.
        if (free <= 0 || (places > SHARE && taken >= SHARE * free)) {
            return false;
        }
        callers.computeIfAbsent(sequence.caller(), _ -> new ArrayDeque<>()).add(sequence);
        size++;
        return true;
    }

    /// All that wait, in the order of their turns: the first of every caller, the second of every
    /// caller, and so on.
    List<Sequence> inTurn() {
        List<Sequence> order = new ArrayList<>(size);
        List<Sequence[]> rows =
                callers.values().stream().map(own -> own.toArray(new Sequence[0])).toList();
        for (int place = 0; order.size() < size; place++) {
            for (Sequence[] row : rows) {
                if (place < row.length) {
                    order.add(row[place]);
                }
            }
        }
        return order;
    }

    /// Lets a request go that got its turn: its caller's next one comes after everybody else's.
    void served(Sequence sequence) {
        Deque<Sequence> own = callers.remove(sequence.caller());
        if (own == null || !own.remove(sequence)) {
            throw new IllegalStateException("a request left the queue twice");
        }
        size--;
        if (!own.isEmpty()) {
            callers.put(sequence.caller(), own);
        }
    }

    /// Lets a request go that gave up; its caller keeps the turn.
    void gone(Sequence sequence) {
        Deque<Sequence> own = callers.get(sequence.caller());
        if (own == null || !own.remove(sequence)) {
            throw new IllegalStateException("a request left the queue twice");
        }
        size--;
        if (own.isEmpty()) {
            callers.remove(sequence.caller());
        }
    }

    void clear() {
        callers.clear();
        size = 0;
    }
}
