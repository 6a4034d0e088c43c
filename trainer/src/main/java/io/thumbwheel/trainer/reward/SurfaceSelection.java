package io.thumbwheel.trainer.reward;

import io.thumbwheel.trainer.reward.SurfaceRegression.Belief;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Fits a [Surface] to opinions ([SurfaceRegression]). How much words and length may say is chosen
/// by cross-validation over raters; where neither foretells what unseen raters prefer, the surface
/// is empty.
///
/// What learns on top of it must not see what it says of the very opinions that it was fitted to,
/// of which it knows the noise by heart: hence [#crossFitted] (Wolpert 1992, stacked
/// generalization).
///
/// @param whole fitted to all opinions
/// @param crossFitted what surfaces fitted to other raters say of each answer [answers]
record SurfaceSelection(Surface whole, double[] crossFitted) {
    /// Nats over all contests by which a surface must beat none: chance alone gives about one.
    private static final double LEAST_GAIN = 2;

    /// Variances of the log-odds between two answers that length may make before anything is known.
    /// It has a greater choice than words: its columns nearly say the same.
    private static final double[] OF_LENGTH = {0, 0.3, 3, 30, 100};

    private static final List<Belief> OF_WORDS =
            List.of(
                    Belief.every(0.1),
                    Belief.every(0.3),
                    Belief.every(1),
                    Belief.few(0.05),
                    Belief.few(0.3),
                    Belief.fewAndClosing(0.05));

    /// No surface.
    static SurfaceSelection none(List<? extends Opinion> opinions) {
        return new SurfaceSelection(Surface.NONE, new double[Opinion.answersOf(opinions).size()]);
    }

    /// @param words tells words
    /// @param vectors of words, of one size; their scale does not matter
    static SurfaceSelection of(
            List<? extends Opinion> opinions,
            Words words,
            Function<String, float[]> vectors,
            double smoothing) {
        List<Answer> answers = Opinion.answersOf(opinions);
        List<Contest> contests = new ArrayList<>(Contest.compared(opinions));
        int compared = contests.size();
        contests.addAll(Contest.matched(opinions));
        Fit fit = Fit.of(answers, contests, words, vectors, smoothing);
        return fit.select(compared == 0 ? contests.size() : compared);
    }

    /// @param answers a row an answer [answers, width]
    /// @param folds of the contests
    /// @param weights of the contests
    private record Fit(
            SurfaceRegression regression,
            SparseRows answers,
            List<Contest> contests,
            int[] folds,
            double[] weights) {

        static Fit of(
                List<Answer> answers,
                List<Contest> contests,
                Words words,
                Function<String, float[]> vectors,
                double smoothing) {
            SurfaceColumns columns = SurfaceColumns.of(answers, words);
            List<SortedMap<Integer, Double>> rows = answers.stream().map(columns::row).toList();
            List<SortedMap<Integer, Double>> differences = new ArrayList<>();
            for (Contest contest : contests) {
                SortedMap<Integer, Double> difference = new TreeMap<>(rows.get(contest.a()));
                rows.get(contest.b())
                        .forEach((column, value) -> difference.merge(column, -value, Double::sum));
                difference.values().removeIf(value -> value == 0);
                differences.add(difference);
            }
            SparseRows sparse = SparseRows.of(differences, columns.width());
            double[] targets =
                    contests.stream()
                            .mapToDouble(one -> PairLoss.smoothed(one.target(), smoothing))
                            .toArray();
            return new Fit(
                    new SurfaceRegression(
                            columns,
                            sparse,
                            sparse.transposed(),
                            columns.directions(vectors),
                            targets),
                    SparseRows.of(rows, columns.width()),
                    contests,
                    Contest.folds(contests),
                    contests.stream().mapToDouble(Contest::weight).toArray());
        }

        /// @param betas of all contests but a fold's [folds, width]
        private record Choice(Belief ofWords, double ofLength, double[][] betas) {}

        /// @param judged how many of the contests, from the first, are counted
        SurfaceSelection select(int judged) {
            Choice none = new Choice(Belief.NONE, 0, new double[Contest.FOLDS][answers.width()]);
            Choice best = none;
            double least = loss(none, judged) - LEAST_GAIN;
            double ofLength = 0;
            double leastOfLength = Double.MAX_VALUE;
            for (double variance : OF_LENGTH) {
                Choice choice = choice(Belief.NONE, variance);
                double loss = loss(choice, judged);
                if (loss < leastOfLength) {
                    leastOfLength = loss;
                    ofLength = variance;
                }
                if (loss < least) {
                    least = loss;
                    best = choice;
                }
            }
            for (Belief belief : OF_WORDS) {
                Choice choice = choice(belief, ofLength);
                double loss = loss(choice, judged);
                if (loss < least) {
                    least = loss;
                    best = choice;
                }
            }
            if (best == none) {
                return new SurfaceSelection(Surface.NONE, new double[answers.rows()]);
            }
            double[] whole = regression.fit(best.ofWords, best.ofLength, weights);
            return new SurfaceSelection(
                    regression.columns().surface(whole), crossFitted(best.betas));
        }

        private Choice choice(Belief ofWords, double ofLength) {
            double[][] betas =
                    IntStream.range(0, Contest.FOLDS)
                            .parallel()
                            .mapToObj(fold -> regression.fit(ofWords, ofLength, without(fold)))
                            .toArray(double[][]::new);
            return new Choice(ofWords, ofLength, betas);
        }

        /// The weights of all contests but a fold's [contests].
        private double[] without(int fold) {
            double[] others = weights.clone();
            for (int i = 0; i < others.length; i++) {
                if (folds[i] == fold) {
                    others[i] = 0;
                }
            }
            return others;
        }

        private double loss(Choice choice, int judged) {
            double loss = 0;
            for (int i = 0; i < judged; i++) {
                loss +=
                        weights[i]
                                * PairLoss.of(
                                        regression.differences().dot(i, choice.betas[folds[i]]),
                                        contests.get(i).target());
            }
            return loss;
        }

        /// Each answer by the surface that did not see its contests; an answer without any by the
        /// first. Each surface is 0 in the mean.
        private double[] crossFitted(double[][] betas) {
            double[] means = new double[betas.length];
            for (int i = 0; i < answers.rows(); i++) {
                for (int fold = 0; fold < betas.length; fold++) {
                    means[fold] += answers.dot(i, betas[fold]) / answers.rows();
                }
            }
            int[] foldOf = new int[answers.rows()];
            for (int i = 0; i < folds.length; i++) {
                foldOf[contests.get(i).a()] = folds[i];
                foldOf[contests.get(i).b()] = folds[i];
            }
            double[] scores = new double[answers.rows()];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = answers.dot(i, betas[foldOf[i]]) - means[foldOf[i]];
            }
            return scores;
        }
    }
}
