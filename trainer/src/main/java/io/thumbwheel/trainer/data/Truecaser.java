package io.thumbwheel.trainer.data;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Gives lower-case stories their capitals back, by what stories in proper case do.
///
/// Sentence starts and "I" by rule; a word inside a sentence by the share of capitals that it has
/// after the same word before it, or else at all; and a word after "named" always.
final class Truecaser {
    private static final Pattern WORD = Pattern.compile("[A-Za-z']+");
    private static final Pattern NAMED =
            Pattern.compile(
                    "\\b(?:named|called|name was|name is) ([a-z]{3,12})\\b(?=[.,!]|\\s(?:and|who|was|lived|had|went|loved))");

    private final Map<String, int[]> capitals = new HashMap<>();

    Truecaser(List<String> properStories) {
        for (String story : properStories) {
            count(story);
        }
    }

    private void count(String story) {
        Matcher word = WORD.matcher(story);
        String before = "";
        while (word.find()) {
            String lower = word.group().toLowerCase(Locale.ROOT);
            if (!startsSentence(story, word.start())) {
                boolean capital = Character.isUpperCase(word.group().charAt(0));
                tally(lower, capital);
                tally(before + ' ' + lower, capital);
            }
            before = lower;
        }
    }

    private void tally(String key, boolean capital) {
        int[] counts = capitals.computeIfAbsent(key, _ -> new int[2]);
        counts[capital ? 1 : 0]++;
    }

    String apply(String lowerStory) {
        Set<String> named = new HashSet<>();
        NAMED.matcher(lowerStory)
                .results()
                .map(m -> m.group(1))
                .filter(name -> !known(name))
                .forEach(named::add);
        var story = new StringBuilder(lowerStory);
        Matcher word = WORD.matcher(lowerStory);
        String before = "";
        while (word.find()) {
            String lower = word.group();
            boolean capital =
                    startsSentence(lowerStory, word.start())
                            || lower.equals("i")
                            || lower.startsWith("i'")
                            || named.contains(lower.replaceFirst("'s$", ""))
                            || mostlyCapital(before, lower);
            if (capital) {
                story.setCharAt(word.start(), Character.toUpperCase(lower.charAt(0)));
            }
            before = lower;
        }
        return story.toString();
    }

    private boolean known(String word) {
        int[] counts = capitals.get(word);
        return counts != null && counts[0] > counts[1] && counts[0] >= 3;
    }

    private boolean mostlyCapital(String before, String word) {
        int[] pair = capitals.get(before + ' ' + word);
        if (pair != null && pair[0] != pair[1]) {
            return pair[1] > pair[0];
        }
        int[] single = capitals.get(word);
        if (single == null && word.endsWith("'s")) {
            single = capitals.get(word.substring(0, word.length() - 2));
        }
        return single != null && single[1] > single[0];
    }

    private static boolean startsSentence(String text, int at) {
        int i = at - 1;
        boolean quoted = false;
        while (i >= 0
                && (text.charAt(i) == ' ' || text.charAt(i) == '"' || text.charAt(i) == '\'')) {
            quoted |= text.charAt(i) == '"';
            i--;
        }
        if (i < 0 || text.charAt(i) == '\n' || ".!?".indexOf(text.charAt(i)) >= 0) {
            boolean continuesSpeech =
                    i >= 0 && "!?".indexOf(text.charAt(i)) >= 0 && closes(text, at);
            return !continuesSpeech;
        }
        return quoted && (text.charAt(i) == ',' || text.charAt(i) == ':') && opens(text, at);
    }

    /// Whether the quotation mark before this place closes a speech: `"Stop!" said Tom`.
    private static boolean closes(String text, int at) {
        return at >= 2
                && text.charAt(at - 1) == ' '
                && text.charAt(at - 2) == '"'
                && text.substring(at)
                        .matches(
                                "(?s)(said|asked|cried|shouted|replied|yelled|called|exclaimed)\\b.*");
    }

    private static boolean opens(String text, int at) {
        return text.charAt(at - 1) == '"';
    }
}
