package io.thumbwheel.trainer.offline;

/// A pair that the reward model and the baselines have judged without having seen its prompt.
///
/// @param chosenScore normalised
/// @param rejectedScore normalised
/// @param logit what the reward model takes for the log-odds that the chosen answer is better
/// @param words by how much TF-IDF scores the chosen answer higher
record Judged(
        LabelledPair pair, double chosenScore, double rejectedScore, double logit, double words) {

    /// 1 where the reward model is right, 0.5 where it cannot tell.
    double right() {
        return right(logit);
    }

    /// The same of TF-IDF.
    double wordsRight() {
        return right(words);
    }

    /// The same of a judge for whom the longer answer wins, in tokens.
    double lengthRight() {
        return right(pair.chosenLength() - pair.rejectedLength());
    }

    private static double right(double margin) {
        return margin == 0 ? 0.5 : margin > 0 ? 1 : 0;
    }
}
