package io.thumbwheel.standalone.preference;

/// What a simulated person likes: a graded score, the higher the better, without noise. May be
/// asked from many threads at once.
public interface Preference extends AutoCloseable {
    /// What it is called on the command line.
    String name();

    /// Compares two answers to one prompt.
    Verdict compare(String prompt, Answer a, Answer b);

    /// The score of one answer.
    default double score(String prompt, Answer answer) {
        return compare(prompt, answer, answer).scoreA();
    }

    /// Ends whatever runs for it; nothing where nothing does.
    @Override
    default void close() {}

    /// An answer as a person sees it.
    ///
    /// @param text the text
    /// @param ended whether it came to its end, and was not cut at the limit of tokens
    record Answer(String text, boolean ended) {}

    /// Scores of two answers and which is better.
    record Verdict(Pick pick, double scoreA, double scoreB) {
        /// The verdict that follows from two scores.
        public static Verdict of(double scoreA, double scoreB) {
            Pick pick = scoreA > scoreB ? Pick.A : scoreB > scoreA ? Pick.B : Pick.TIE;
            return new Verdict(pick, scoreA, scoreB);
        }
    }

    /// Which of two answers is better.
    enum Pick {
        A,
        B,
        TIE
    }
}
