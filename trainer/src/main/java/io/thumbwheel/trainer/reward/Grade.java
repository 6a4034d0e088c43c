package io.thumbwheel.trainer.reward;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// How true an answer is where what is right is known, and what that is worth: saying so with
/// confidence pays only where one is right, and a wrong answer costs more than none (Schulman,
/// Reinforcement learning from human feedback: progress and challenges, Berkeley 2023).
///
/// It is read off the words, after the normalisation of Rajpurkar et al., arXiv:1606.05250, section
/// 6.1 (case, punctuation and articles do not count): right where an accepted answer occurs and is
/// not denied within the three words before it; hedged or without information by set phrases of
/// English. An answer that lists everything is right by this rule, so keep answers short.
public enum Grade {
    RIGHT(1),
    HEDGED_RIGHT(0.5),
    UNINFORMATIVE(0),
    HEDGED_WRONG(-2),
    WRONG(-4);

    private static final List<String> HEDGES =
            List.of(
                    "i think",
                    "i believe",
                    "i guess",
                    "i suppose",
                    "i am not sure",
                    "im not sure",
                    "not certain",
                    "as far as i know",
                    "maybe",
                    "perhaps",
                    "probably",
                    "possibly",
                    "might be",
                    "may be",
                    "could be",
                    "it seems");
    private static final List<String> NO_INFORMATION =
            List.of(
                    "i do not know",
                    "i dont know",
                    "no idea",
                    "i cannot say",
                    "i cant say",
                    "i have no information",
                    "i am not able to",
                    "im not able to");
    private static final Set<String> DENIALS =
            Set.of("not", "never", "no", "isnt", "wasnt", "arent", "werent", "nor");
    private static final Set<String> ARTICLES = Set.of("a", "an", "the");

    private final double value;

    Grade(double value) {
        this.value = value;
    }

    /// What it is worth.
    public double value() {
        return value;
    }

    /// The grade of a text.
    ///
    /// @param accepted what is right, each in words of its own
    public static Grade of(String text, List<String> accepted) {
        List<String> words = words(text);
        boolean right = accepted.stream().anyMatch(answer -> affirms(words, words(answer)));
        boolean empty = words.isEmpty() || says(words, NO_INFORMATION);
        boolean hedged = empty || says(words, HEDGES);
        if (right) {
            return hedged ? HEDGED_RIGHT : RIGHT;
        }
        if (empty) {
            return UNINFORMATIVE;
        }
        return hedged ? HEDGED_WRONG : WRONG;
    }

    private static boolean affirms(List<String> words, List<String> answer) {
        if (answer.isEmpty()) {
            return false;
        }
        for (int i = 0; i + answer.size() <= words.size(); i++) {
            boolean found = words.subList(i, i + answer.size()).equals(answer);
            if (found
                    && words.subList(Math.max(0, i - 3), i).stream().noneMatch(DENIALS::contains)) {
                return true;
            }
        }
        return false;
    }

    private static boolean says(List<String> words, List<String> phrases) {
        String text = " " + String.join(" ", words) + " ";
        return phrases.stream().anyMatch(phrase -> text.contains(" " + phrase + " "));
    }

    private static List<String> words(String text) {
        String plain = text.toLowerCase(Locale.ROOT).replaceAll("['’]", "");
        return Arrays.stream(plain.split("[^\\p{L}\\p{N}]+"))
                .filter(word -> !word.isEmpty() && !ARTICLES.contains(word))
                .toList();
    }
}
