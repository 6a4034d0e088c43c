package io.thumbwheel.standalone.statistics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// How different a policy's answers are from one another.
public final class Diversity {
    private static final int OPENING_WORDS = 4;

    private Diversity() {}

    /// Distinct-2 over a fixed number of pairs: the share of different pairs of neighbouring words
    /// among the first `pairs` pairs of the answers.
    ///
    /// Li et al. 2016, "A Diversity-Promoting Objective Function for Neural Conversation Models",
    /// section 5.2. Departures: the share falls with the amount of text, so all policies are
    /// measured over the same number of pairs.
    public static double distinct2(List<String> answers, int pairs) {
        if (pairs < 1) {
            throw new IllegalArgumentException("distinct-2 needs a pair, got " + pairs);
        }
        var distinct = new HashSet<String>();
        int counted = 0;
        for (String answer : answers) {
            List<String> words = words(answer);
            for (int i = 0; i + 1 < words.size() && counted < pairs; i++, counted++) {
                distinct.add(words.get(i) + ' ' + words.get(i + 1));
            }
        }
        return counted == 0 ? 0 : (double) distinct.size() / counted;
    }

    /// How many pairs of neighbouring words answers have: policies are compared over the smallest.
    public static int pairs(List<String> answers) {
        return answers.stream().mapToInt(a -> Math.max(0, words(a).size() - 1)).sum();
    }

    /// The share of answers that begin with the commonest first four words.
    public static double sameOpening(List<String> answers) {
        if (answers.isEmpty()) {
            return 0;
        }
        Map<List<String>, Integer> openings = new HashMap<>();
        for (String answer : answers) {
            List<String> words = words(answer);
            openings.merge(
                    words.subList(0, Math.min(OPENING_WORDS, words.size())), 1, Integer::sum);
        }
        int most = openings.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        return (double) most / answers.size();
    }

    private static List<String> words(String text) {
        var words = new ArrayList<String>();
        for (String word : text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}']+")) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return words;
    }
}
