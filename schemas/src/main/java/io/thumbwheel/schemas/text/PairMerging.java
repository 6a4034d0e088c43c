package io.thumbwheel.schemas.text;

import java.util.Arrays;
import java.util.Map;
import java.util.PriorityQueue;

/// Byte-pair encoding of one piece of text: the lowest-ranked pair of neighbours is merged first.
///
/// Sennrich, Haddow and Birch 2016, "Neural Machine Translation of Rare Words with Subword Units",
/// section 3.2. Departures: a queue of pairs instead of repeated scans, so that a long piece
/// without spaces costs n log n and not n squared.
final class PairMerging {
    /// The pair (left, right) becomes `id`; a lower rank goes first.
    record Merge(int rank, int id) {}

    private record Pair(int rank, int at, int left, int right, int id) implements Comparable<Pair> {
        @Override
        public int compareTo(Pair other) {
            int byRank = Integer.compare(rank, other.rank);
            return byRank != 0 ? byRank : Integer.compare(at, other.at);
        }
    }

    private final Map<Long, Merge> merges;

    PairMerging(Map<Long, Merge> merges) {
        this.merges = merges;
    }

    static long key(int left, int right) {
        return ((long) left << 32) | right;
    }

    /// Merges the symbols of one piece in place and returns what remains.
    int[] apply(int[] symbols) {
        int n = symbols.length;
        var next = new int[n];
        var previous = new int[n];
        var queue = new PriorityQueue<Pair>();
        for (int i = 0; i < n; i++) {
            next[i] = i + 1;
            previous[i] = i - 1;
            offer(queue, symbols, i, i + 1);
        }
        int count = n;
        while (!queue.isEmpty()) {
            Pair pair = queue.poll();
            int right = next[pair.at()];
            boolean stale =
                    symbols[pair.at()] != pair.left()
                            || right >= n
                            || symbols[right] != pair.right();
            if (stale) {
                continue;
            }
            symbols[pair.at()] = pair.id();
            symbols[right] = -1;
            next[pair.at()] = next[right];
            if (next[right] < n) {
                previous[next[right]] = pair.at();
            }
            count--;
            offer(queue, symbols, previous[pair.at()], pair.at());
            offer(queue, symbols, pair.at(), next[pair.at()]);
        }
        var merged = new int[count];
        int filled = 0;
        for (int symbol : symbols) {
            if (symbol >= 0) {
                merged[filled++] = symbol;
            }
        }
        return filled == count ? merged : Arrays.copyOf(merged, filled);
    }

    private void offer(PriorityQueue<Pair> queue, int[] symbols, int left, int right) {
        if (left < 0 || right >= symbols.length) {
            return;
        }
        Merge merge = merges.get(key(symbols[left], symbols[right]));
        if (merge != null) {
            queue.add(new Pair(merge.rank(), left, symbols[left], symbols[right], merge.id()));
        }
    }
}
