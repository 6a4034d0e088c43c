package io.thumbwheel.trainer.reward;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Chooses a reward model's linear heads by cross-validation over raters: with and without the
/// count of tokens, and for each penalty. Every pair is judged by a probe that saw none of its
/// rater's pairs, so the winner's accuracy is one on unseen people, over all pairs and not only
/// over the few that validation raters gave.
///
/// @param contests what it learns from
/// @param features of every answer [answers, 2 · hidden]
/// @param offsets what is known of every answer besides, added to what the heads say [answers]
/// @param width how many features it sees
/// @param penalty ridge
/// @param smoothing of labels
/// @param crossFitted how probes of that kind did on raters they did not see
record ProbeSelection(
        List<Contest> contests,
        float[][] features,
        double[] offsets,
        int width,
        double penalty,
        double smoothing,
        PairMetrics crossFitted) {

    /// Ridge penalties that are tried, in units of the features' deviations; the first of equals
    /// wins.
    private static final List<Double> PENALTIES = List.of(10000.0, 3000.0, 1000.0, 300.0);

    /// The choice. Where people compared anything outright, that is what probes are judged by;
    /// single verdicts that were matched only teach them then.
    ///
    /// @param features of every answer [answers, 2 · hidden]
    /// @param offsets of every answer [answers]
    static ProbeSelection of(
            List<? extends Opinion> opinions,
            float[][] features,
            double[] offsets,
            double smoothing) {
        List<Contest> contests = new ArrayList<>(Contest.compared(opinions));
        int compared = contests.size();
        contests.addAll(Contest.matched(opinions));
        if (contests.isEmpty()) {
            throw new IllegalArgumentException(
                    "%d opinions, and nobody preferred anything to anything: a reward model needs comparisons, or thumbs of both kinds by one rater"
                            .formatted(opinions.size()));
        }
        int width = features[0].length;
        CrossFit fit =
                new CrossFit(
                        contests,
                        compared == 0 ? contests.size() : compared,
                        features,
                        offsets,
                        Contest.folds(contests),
                        smoothing);
        return Stream.of(width / 2, width)
                .flatMap(seen ->
                        PENALTIES.stream()
                                .map(penalty ->
                                        new ProbeSelection(
                                                contests,
                                                features,
                                                offsets,
                                                seen,
                                                penalty,
                                                smoothing,
                                                fit.metrics(seen, penalty))))
                .min(Comparator.comparingDouble(choice -> choice.crossFitted.loss()))
                .orElseThrow();
    }

    /// The heads of the probe on all contests, the score's, then the count's [2 · hidden].
    float[] heads() {
        return heads(contests);
    }

    /// The same heads of a bootstrap sample of the raters, or of the contests where raters are few:
    /// as people of the same kind might have voted.
    float[] heads(long seed) {
        List<String> raters = contests.stream().map(Contest::rater).distinct().sorted().toList();
        boolean byRater = raters.size() >= Contest.FOLDS;
        int size = byRater ? raters.size() : contests.size();
        SplittableRandom random = new SplittableRandom(seed);
        int[] times = new int[size];
        for (int i = 0; i < size; i++) {
            times[random.nextInt(size)]++;
        }
        List<Contest> drawn = new ArrayList<>();
        for (int i = 0; i < contests.size(); i++) {
            Contest contest = contests.get(i);
            int count = times[byRater ? Collections.binarySearch(raters, contest.rater()) : i];
            if (count > 0) {
                drawn.add(
                        new Contest(
                                contest.a(),
                                contest.b(),
                                contest.target(),
                                count * contest.weight(),
                                contest.rater()));
            }
        }
        return heads(drawn);
    }

    private float[] heads(List<Contest> some) {
        float[] heads = LinearProbe.of(some, features, offsets, width, smoothing).head(penalty);
        return Arrays.copyOf(heads, features[0].length);
    }

    /// @param judged how many of the contests, from the first, are counted
    private record CrossFit(
            List<Contest> contests,
            int judged,
            float[][] features,
            double[] offsets,
            int[] folds,
            double smoothing) {

        PairMetrics metrics(int width, double penalty) {
            double[] a = new double[contests.size()];
            double[] b = new double[contests.size()];
            IntStream.range(0, Contest.FOLDS)
                    .parallel()
                    .forEach(fold -> score(fold, width, penalty, a, b));
            return PairMetrics.of(
                    contests.subList(0, judged),
                    Arrays.copyOf(a, judged),
                    Arrays.copyOf(b, judged));
        }

        /// Scores the contests of a fold by the probe of the others.
        private void score(int fold, int width, double penalty, double[] a, double[] b) {
            int[] rest = rows(folds, fold, false);
            if (rest.length == 0) {
                return;
            }
            List<Contest> others = Arrays.stream(rest).mapToObj(contests::get).toList();
            float[] head =
                    LinearProbe.of(others, features, offsets, width, smoothing).head(penalty);
            for (int i : rows(folds, fold, true)) {
                Contest contest = contests.get(i);
                a[i] = offsets[contest.a()] + LinearProbe.apply(head, features[contest.a()]);
                b[i] = offsets[contest.b()] + LinearProbe.apply(head, features[contest.b()]);
            }
        }
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
