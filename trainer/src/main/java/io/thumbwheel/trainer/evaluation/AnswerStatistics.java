package io.thumbwheel.trainer.evaluation;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What a set of answers looks like without reading it: length, endings, diversity.
///
/// @param meanTokens mean length, EOS included
/// @param eosShare share that ended by themselves
/// @param distinct2 different bigrams / bigrams (Li et al., arXiv:1510.03055, section 5.1); it
///   falls with the number of bigrams, so compare it over equal ones
public record AnswerStatistics(double meanTokens, double eosShare, double distinct2) {

    /// The statistics of `answers`, each [response]; distinct-2 over all of their bigrams.
    public static AnswerStatistics of(List<List<Integer>> answers, int eosId) {
        return of(answers, eosId, Integer.MAX_VALUE);
    }

    /// The same with distinct-2 over the first so many bigrams.
    public static AnswerStatistics of(List<List<Integer>> answers, int eosId, int bigrams) {
        double tokens = 0;
        double ended = 0;
        int counted = 0;
        Set<Long> different = new HashSet<>();
        for (List<Integer> answer : answers) {
            tokens += answer.size();
            ended += !answer.isEmpty() && answer.getLast() == eosId ? 1 : 0;
            for (int i = 1; i < answer.size() && counted < bigrams; i++) {
                counted++;
                different.add(((long) answer.get(i - 1) << 32) | answer.get(i));
            }
        }
        int count = Math.max(1, answers.size());
        return new AnswerStatistics(
                tokens / count, ended / count, (double) different.size() / Math.max(1, counted));
    }

    /// How many bigrams the answers have.
    public static int bigrams(List<List<Integer>> answers) {
        return answers.stream().mapToInt(answer -> Math.max(0, answer.size() - 1)).sum();
    }
}
