package io.thumbwheel.trainer.data;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Plain text repaired and cut into sentences.
final class Sentences {
    private static final Pattern END =
            Pattern.compile("(?<!\\bMr)(?<!\\bMrs)(?<!\\bDr)[.!?]+[\"')]*(?=\\s+[\"'(]?[A-Z])");
    private static final String[][] REPAIRS = {
        {"â€™", "'"},
        {"â€˜", "'"},
        {"â€œ", "\""},
        {"â€\u009d", "\""},
        {"â€", "\""},
        {"‘", "'"},
        {"’", "'"},
        {"“", "\""},
        {"”", "\""},
        {"…", "..."},
        {"—", " - "},
        {"–", "-"},
        {"\u00a0", " "},
        {"\u2060", ""},
        {"\ufeff", ""},
        {"\u00ad", ""},
        {"\r", ""},
    };

    private Sentences() {}

    /// Straight quotes, no broken encodings, single spaces, no blank lines.
    static String repair(String text) {
        String repaired = text;
        for (String[] repair : REPAIRS) {
            repaired = repaired.replace(repair[0], repair[1]);
        }
        return repaired.replaceAll("[ \\t]+", " ").replaceAll(" ?\\n[ \\n]*", "\n").strip();
    }

    /// Cuts a text into whole sentences; a speech stays with what closes it.
    static List<String> of(String text) {
        var sentences = new ArrayList<String>();
        String flat = text.replace('\n', ' ');
        Matcher matcher = END.matcher(flat);
        int start = 0;
        while (matcher.find()) {
            String sentence = flat.substring(start, matcher.end()).strip();
            if (balanced(sentence)) {
                sentences.add(sentence);
                start = matcher.end();
            }
        }
        String last = flat.substring(start).strip();
        if (!last.isEmpty()) {
            sentences.add(last);
        }
        return sentences;
    }

    /// Whether every quotation that opens also closes.
    static boolean balanced(String text) {
        return text.chars().filter(c -> c == '"').count() % 2 == 0;
    }

    /// Whether a text ends like a sentence does.
    static boolean complete(String text) {
        return text.matches("(?s).*[.!?][\"')]*");
    }
}
