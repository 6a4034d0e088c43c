package io.thumbwheel.trainer.evaluation;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What a set of answers looks like without reading it: length, endings, diversity.
///
/// @param meanTokens mean length, EOS included
/// @param eosShare share that ended by themselves
/// @param distinct2 different bigrams / bigrams over all answers (Li et al., arXiv:1510.03055,
///   section 5.1); falls with the number of bigrams, so compare it over equal numbers of answers
public record AnswerStatistics(double meanTokens, double eosShare, double distinct2) {

    /// The statistics of `answers`, each [response].
    public static AnswerStatistics of(List<List<Integer>> answers, int eosId) {
        double tokens = 0;
        double ended = 0;
        double bigrams = 0;
        Set<Long> different = new HashSet<>();
        for (List<Integer> answer : answers) {
            tokens += answer.size();
            ended += !answer.isEmpty() && answer.getLast() == eosId ? 1 : 0;
            for (int i = 1; i < answer.size(); i++) {
                bigrams++;
                different.add(((long) answer.get(i - 1) << 32) | answer.get(i));
            }
        }
        int count = Math.max(1, answers.size());
        return new AnswerStatistics(
                tokens / count, ended / count, bigrams == 0 ? 0 : different.size() / bigrams);
    }
}
