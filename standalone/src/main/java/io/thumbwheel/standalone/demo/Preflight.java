package io.thumbwheel.standalone.demo;

import io.thumbwheel.standalone.client.Completion.Written;
import io.thumbwheel.standalone.preference.Preference;
import io.thumbwheel.standalone.preference.Preference.Answer;
import io.thumbwheel.standalone.preference.Preference.Pick;
import io.thumbwheel.standalone.preference.Preference.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Whether a preference can tell r0's answers apart: ties between two of them, and what the best of
/// eight gains. A preference that mostly ties cannot be learned from so few picks.
///
/// @param ties share of ties between two answers of r0
/// @param bestOf8Gain mean score of the best of eight less the mean score, in standard deviations
/// @param median the median score: from there on an answer gets a thumb up
/// @param best the best of eight for each prompt
record Preflight(double ties, double bestOf8Gain, double median, List<Written> best) {
    /// Most ties.
    static final double MAX_TIES = 0.25;

    /// Least gain, standard deviations.
    static final double MIN_GAIN = 1;

    static final int OF = 8;

    Preflight {
        best = List.copyOf(best);
    }

    boolean passes() {
        return ties <= MAX_TIES && bestOf8Gain >= MIN_GAIN;
    }

    /// @param prompts what was asked
    /// @param answers eight answers of r0 to each: [prompts][8]
    static Preflight of(Preference preference, List<String> prompts, List<List<Written>> answers) {
        double[] scores = new double[prompts.size() * OF];
        int ties = 0;
        double bestSum = 0;
        List<Written> best = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            int top = 0;
            for (int j = 0; j < OF; j += 2) {
                Answer a = Answers.seen(answers.get(i).get(j));
                Answer b = Answers.seen(answers.get(i).get(j + 1));
                Verdict verdict = preference.compare(prompts.get(i), a, b);
                ties += verdict.pick() == Pick.TIE ? 1 : 0;
                scores[i * OF + j] = verdict.scoreA();
                scores[i * OF + j + 1] = verdict.scoreB();
            }
            for (int j = 1; j < OF; j++) {
                top = scores[i * OF + j] > scores[i * OF + top] ? j : top;
            }
            bestSum += scores[i * OF + top];
            best.add(answers.get(i).get(top));
        }
        double mean = Arrays.stream(scores).average().orElse(0);
        double variance =
                Arrays.stream(scores)
                        .map(score -> (score - mean) * (score - mean))
                        .average()
                        .orElse(0);
        double gain = (bestSum / prompts.size() - mean) / Math.max(Math.sqrt(variance), 1e-9);
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        return new Preflight(
                (double) ties / (prompts.size() * OF / 2.0), gain, sorted[sorted.length / 2], best);
    }
}
