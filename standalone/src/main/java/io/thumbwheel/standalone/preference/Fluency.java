package io.thumbwheel.standalone.preference;

import io.thumbwheel.standalone.preference.Preference.Answer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// How well an answer reads, whatever it is about: the part that all built-in preferences share.
///
/// @param score 0 to 1 for an answer that reads well, below 0 for a broken one: cut off, without a
///   full stop, nearly empty, or repeating itself
record Fluency(double score) {
    private static final Pattern SENTENCE_END =
            Pattern.compile("(?<=[.!?])[\"')]*\\s+(?=[\"'(]?[A-Z])");
    private static final int FEWEST_WORDS = 4;
    private static final double MOST_REPEATED = 0.2;

    static Fluency of(Answer answer) {
        List<String> words = words(answer.text());
        boolean closed = answer.text().strip().matches("(?s).*[.!?][\"')]*");
        double repeated = repeatedPairs(words);
        boolean broken =
                !answer.ended()
                        || !closed
                        || words.size() < FEWEST_WORDS
                        || repeated > MOST_REPEATED;
        double variety = words.isEmpty() ? 0 : (double) new HashSet<>(words).size() / words.size();
        double wellFormed = 0.7 * variety + 0.3 * (1 - repeated / MOST_REPEATED);
        return new Fluency(broken ? -1 + variety / 2 : Math.max(0, wellFormed));
    }

    boolean broken() {
        return score < 0;
    }

    /// A quality from `lowest` up, with this as the fraction; a broken answer is below every other.
    double with(double quality, double lowest) {
        return broken() ? lowest + (score - 1) / 2 : quality + score;
    }

    /// The share of pairs of words that were there before.
    private static double repeatedPairs(List<String> words) {
        if (words.size() < 2) {
            return 0;
        }
        var seen = new HashSet<String>();
        int repeated = 0;
        for (int i = 0; i + 1 < words.size(); i++) {
            if (!seen.add(words.get(i) + ' ' + words.get(i + 1))) {
                repeated++;
            }
        }
        return (double) repeated / (words.size() - 1);
    }

    /// The words of a text in lower case.
    static List<String> words(String text) {
        var words = new ArrayList<String>();
        for (String word : text.toLowerCase(Locale.ROOT).split("[^a-z']+")) {
            if (!word.isEmpty() && !word.equals("'")) {
                words.add(word);
            }
        }
        return words;
    }

    /// The last sentence of a text.
    static String lastSentence(String text) {
        String[] sentences = SENTENCE_END.split(text.strip());
        return sentences[sentences.length - 1];
    }
}
