package io.thumbwheel.standalone.demo;

import io.thumbwheel.standalone.preference.Preference;

/// Likes long answers.
record LengthPreference() implements Preference {
    @Override
    public String name() {
        return "length";
    }

    @Override
    public Verdict compare(String prompt, Answer a, Answer b) {
        return Verdict.of(a.text().length(), b.text().length());
    }
}
