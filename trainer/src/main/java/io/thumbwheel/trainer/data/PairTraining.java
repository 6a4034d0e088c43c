package io.thumbwheel.trainer.data;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Learns a byte-level vocabulary: the most frequent pair of neighbours becomes an entry, again and
/// again.
///
/// Sennrich, Haddow and Birch 2016, "Neural Machine Translation of Rare Words with Subword Units",
/// algorithm 1, over bytes and within GPT-2's pieces of words. Departures: pair counts are updated
/// only where a merge happened; ties go to the pair that comes first by its bytes, so that the
/// result depends on the text alone.
final class PairTraining {
    static final Pattern PIECE =
            Pattern.compile(
                    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
                    Pattern.UNICODE_CHARACTER_CLASS);

    /// Two neighbours by their place in the vocabulary.
    record Pair(int left, int right) implements Comparable<Pair> {
        @Override
        public int compareTo(Pair other) {
            int byLeft = Integer.compare(left, other.left);
            return byLeft != 0 ? byLeft : Integer.compare(right, other.right);
        }
    }

    private record Counted(long count, Pair pair) implements Comparable<Counted> {
        @Override
        public int compareTo(Counted other) {
            int byCount = Long.compare(other.count, count);
            return byCount != 0 ? byCount : pair.compareTo(other.pair);
        }
    }

    private static final class Word {
        private int[] symbols;
        private final long count;

        Word(String piece, long count) {
            byte[] utf8 = piece.getBytes(StandardCharsets.UTF_8);
            symbols = new int[utf8.length];
            for (int i = 0; i < utf8.length; i++) {
                symbols[i] = utf8[i] & 0xFF;
            }
            this.count = count;
        }
    }

    private final Map<String, Long> pieces = new TreeMap<>();
    private final List<Word> words = new ArrayList<>();
    private final Map<Pair, Long> counts = new HashMap<>();
    private final Map<Pair, Set<Integer>> places = new HashMap<>();
    private final PriorityQueue<Counted> queue = new PriorityQueue<>();

    /// Counts the pieces of a text.
    void add(String text) {
        Matcher matcher = PIECE.matcher(text);
        while (matcher.find()) {
            pieces.merge(matcher.group(), 1L, Long::sum);
        }
    }

    /// The merges in order; symbols 0 to 255 are bytes, and merge n makes symbol 256 + n.
    List<Pair> train(int merges) {
        pieces.forEach((piece, count) -> words.add(new Word(piece, count)));
        for (int w = 0; w < words.size(); w++) {
            count(w, 1);
        }
        counts.forEach((pair, count) -> queue.add(new Counted(count, pair)));
        var learnt = new ArrayList<Pair>(merges);
        while (learnt.size() < merges && !queue.isEmpty()) {
            Counted best = queue.poll();
            long now = counts.getOrDefault(best.pair(), 0L);
            if (now != best.count()) {
                if (now > 1) {
                    queue.add(new Counted(now, best.pair()));
                }
                continue;
            }
            if (now < 2) {
                break;
            }
            merge(best.pair(), 256 + learnt.size());
            learnt.add(best.pair());
        }
        return learnt;
    }

    private void count(int wordIndex, int sign) {
        Word word = words.get(wordIndex);
        for (int i = 0; i + 1 < word.symbols.length; i++) {
            var pair = new Pair(word.symbols[i], word.symbols[i + 1]);
            counts.merge(pair, sign * word.count, Long::sum);
            if (sign > 0) {
                places.computeIfAbsent(pair, _ -> new HashSet<>()).add(wordIndex);
            }
        }
    }

    private void merge(Pair pair, int symbol) {
        Set<Integer> where = places.remove(pair);
        if (where == null) {
            throw new IllegalStateException("a counted pair has no place: " + pair);
        }
        var touched = new HashSet<Pair>();
        for (int w : where) {
            Word word = words.get(w);
            count(w, -1);
            word.symbols = merged(word.symbols, pair, symbol);
            count(w, 1);
            for (int i = 0; i + 1 < word.symbols.length; i++) {
                if (word.symbols[i] == symbol || word.symbols[i + 1] == symbol) {
                    touched.add(new Pair(word.symbols[i], word.symbols[i + 1]));
                }
            }
        }
        counts.remove(pair);
        for (Pair fresh : touched) {
            queue.add(new Counted(counts.getOrDefault(fresh, 0L), fresh));
        }
    }

    private static int[] merged(int[] symbols, Pair pair, int symbol) {
        var merged = new int[symbols.length];
        int n = 0;
        for (int i = 0; i < symbols.length; i++) {
            boolean here =
                    i + 1 < symbols.length
                            && symbols[i] == pair.left()
                            && symbols[i + 1] == pair.right();
            merged[n++] = here ? symbol : symbols[i];
            if (here) {
                i++;
            }
        }
        return java.util.Arrays.copyOf(merged, n);
    }
}
