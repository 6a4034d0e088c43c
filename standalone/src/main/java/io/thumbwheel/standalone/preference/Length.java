package io.thumbwheel.standalone.preference;

/// Likes answers of a certain length: 3 at the wanted number of words, falling by a bell curve on
/// both sides, plus how well the answer reads.
///
/// @param words the wanted number of words
record Length(int words) implements Preference {
    private static final double BEST = 3;

    public Length {
        if (words < 1) {
            throw new IllegalArgumentException("length must be at least 1 word, got " + words);
        }
    }

    @Override
    public String name() {
        return "length";
    }

    @Override
    public Verdict compare(String prompt, Answer a, Answer b) {
        return Verdict.of(liking(a), liking(b));
    }

    private double liking(Answer answer) {
        double off = (Fluency.words(answer.text()).size() - words) / (words / 3.0);
        return Fluency.of(answer).with(BEST * Math.exp(-off * off / 2), 0);
    }
}
