package io.thumbwheel.standalone.demo;

import io.thumbwheel.standalone.preference.Preference;

/// Likes letters of the English alphabet: a rule that a tiny model over bytes can be taught.
record LetterPreference() implements Preference {
    @Override
    public String name() {
        return "letters";
    }

    @Override
    public Verdict compare(String prompt, Answer a, Answer b) {
        return Verdict.of(letters(a.text()), letters(b.text()));
    }

    private static long letters(String text) {
        return text.chars().filter(c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z').count();
    }
}
