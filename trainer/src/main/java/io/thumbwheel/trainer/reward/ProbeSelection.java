package io.thumbwheel.trainer.reward;

import java.util.Arrays;
import java.util.List;

/// Chooses a reward model's linear heads by cross-validation over raters: with and without the
/// count of tokens, and for each penalty. Every pair is judged by a probe that saw none of its
/// rater's pairs, so the winner's accuracy is one on unseen people, over all pairs and not only
/// over the few that validation raters gave.
///
/// @param heads of the probe on all pairs, the score's, then the count's [2 · hidden]
/// @param crossFitted how probes of that kind did on raters they did not see
record ProbeSelection(float[] heads, PairMetrics crossFitted) {

    /// Ridge penalties that are tried, in units of the features' deviations.
    private static final List<Double> PENALTIES = List.of(300.0, 1000.0, 3000.0, 10000.0);

    private static final int FOLDS = 5;

    /// The choice.
    ///
    /// @param features of both answers of every pair, a before b [2 · pairs, 2 · hidden]
    static ProbeSelection of(List<Pair> pairs, float[][] features, double smoothing) {
        int width = features[0].length;
        int[] folds = folds(pairs);
        int bestWidth = width / 2;
        double bestPenalty = PENALTIES.getLast();
        PairMetrics best = crossFit(pairs, features, folds, bestWidth, bestPenalty, smoothing);
        for (int seen : new int[] {width / 2, width}) {
            for (double penalty : PENALTIES) {
                PairMetrics metrics = crossFit(pairs, features, folds, seen, penalty, smoothing);
                if (metrics.loss() < best.loss()) {
                    best = metrics;
                    bestWidth = seen;
                    bestPenalty = penalty;
                }
            }
        }
        float[] heads = LinearProbe.of(pairs, features, bestWidth, smoothing).head(bestPenalty);
        return new ProbeSelection(Arrays.copyOf(heads, width), best);
    }

    private static PairMetrics crossFit(
            List<Pair> pairs,
            float[][] features,
            int[] folds,
            int width,
            double penalty,
            double smoothing) {
        double[] a = new double[pairs.size()];
        double[] b = new double[pairs.size()];
        for (int fold = 0; fold < FOLDS; fold++) {
            int[] rest = rows(folds, fold, false);
            int[] held = rows(folds, fold, true);
            if (rest.length == 0) {
                continue;
            }
            float[][] restFeatures = new float[2 * rest.length][];
            for (int i = 0; i < rest.length; i++) {
                restFeatures[2 * i] = features[2 * rest[i]];
                restFeatures[2 * i + 1] = features[2 * rest[i] + 1];
            }
            float[] head =
                    LinearProbe.of(
                                    Arrays.stream(rest).mapToObj(pairs::get).toList(),
                                    restFeatures,
                                    width,
                                    smoothing)
                            .head(penalty);
            for (int i : held) {
                a[i] = LinearProbe.apply(head, features[2 * i]);
                b[i] = LinearProbe.apply(head, features[2 * i + 1]);
            }
        }
        return PairMetrics.of(pairs, a, b);
    }

    /// The fold of each pair: raters in the order of their names, in turn; pairs in turn where
    /// there are fewer raters than folds.
    private static int[] folds(List<Pair> pairs) {
        List<String> raters = pairs.stream().map(Pair::rater).distinct().sorted().toList();
        int[] folds = new int[pairs.size()];
        for (int i = 0; i < folds.length; i++) {
            int place = raters.size() < FOLDS ? i : raters.indexOf(pairs.get(i).rater());
            folds[i] = place % FOLDS;
        }
        return folds;
    }

    private static int[] rows(int[] folds, int fold, boolean held) {
        int[] rows = new int[folds.length];
        int count = 0;
        for (int i = 0; i < folds.length; i++) {
            if (folds[i] == fold == held) {
                rows[count++] = i;
            }
        }
        return Arrays.copyOf(rows, count);
    }
}
