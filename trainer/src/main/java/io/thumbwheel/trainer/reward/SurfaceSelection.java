package io.thumbwheel.trainer.reward;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Fits a [Surface] to opinions. How much tokens and length may say is chosen by cross-validation
/// over raters; where neither foretells what unseen raters prefer, the surface is empty.
///
/// What learns on top of it must not see what it says of the very opinions that it was fitted to,
/// of which it knows the noise by heart: hence [#crossFitted] (Wolpert 1992, stacked
/// generalization).
///
/// @param whole fitted to all opinions
/// @param crossFitted what surfaces fitted to other raters say of each answer [answers]
record SurfaceSelection(Surface whole, double[] crossFitted) {
    /// A token that fewer answers have is not looked at.
    private static final int LEAST_ANSWERS = 10;

    private static final int BENDS = 12;

    /// Nats over all contests by which a surface must beat none: chance alone gives about one.
    private static final double LEAST_GAIN = 2;

    /// Variances of the log-odds between two answers that the tokens, and the length, may make
    /// before anything is known. Length has a greater choice: its columns nearly say the same.
    private static final double[] OF_TOKENS = {0, 0.1, 0.3, 1};

    private static final double[] OF_LENGTH = {0, 0.3, 3, 30, 100};

    /// How often the tokens' variance is handed to those that say most: not at all, which is ridge,
    /// or until most say next to nothing, which is near the lasso (iteratively reweighted ridge:
    /// Daubechies et al. 2010, arXiv:0807.0575, section 1.2).
    private static final int[] SHARPENED = {0, 4};

    /// Share of its variance that a token keeps for itself then.
    private static final double KEPT = 0.05;

    /// No surface.
    static SurfaceSelection none(List<? extends Opinion> opinions) {
        return new SurfaceSelection(Surface.NONE, new double[Opinion.answersOf(opinions).size()]);
    }

    static SurfaceSelection of(
            List<? extends Opinion> opinions, WordStarts words, double smoothing) {
        List<Answer> answers = Opinion.answersOf(opinions);
        List<Contest> contests = new ArrayList<>(Contest.compared(opinions));
        int compared = contests.size();
        contests.addAll(Contest.matched(opinions));
        Fit fit = Fit.of(answers, contests, words, smoothing);
        return fit.select(compared == 0 ? contests.size() : compared);
    }

    /// The columns: tokens, then bends.
    ///
    /// @param tokens ascending
    /// @param bends words at which slopes change
    private record Columns(List<Integer> tokens, double[] bends, WordStarts words) {
        static Columns of(List<Answer> answers, WordStarts words) {
            SortedMap<Integer, Integer> counts = new TreeMap<>();
            for (Answer answer : answers) {
                new LinkedHashSet<>(answer.responseIds())
                        .forEach(id -> counts.merge(id, 1, Integer::sum));
            }
            double[] lengths = answers.stream().mapToDouble(words::words).sorted().toArray();
            double[] bends = new double[BENDS];
            for (int i = 1; i < BENDS; i++) {
                bends[i] = lengths[(int) ((long) i * lengths.length / BENDS)];
            }
            return new Columns(
                    counts.entrySet().stream()
                            .filter(count -> count.getValue() >= LEAST_ANSWERS)
                            .map(Map.Entry::getKey)
                            .toList(),
                    Arrays.stream(bends).distinct().toArray(),
                    words);
        }

        int width() {
            return tokens.size() + bends.length;
        }

        /// An answer's row.
        SortedMap<Integer, Double> row(Answer answer, Map<Integer, Integer> places) {
            SortedMap<Integer, Double> row = new TreeMap<>();
            for (int id : answer.responseIds()) {
                Integer place = places.get(id);
                if (place != null) {
                    row.put(place, 1.0);
                }
            }
            int length = words.words(answer);
            for (int i = 0; i < bends.length; i++) {
                if (length > bends[i]) {
                    row.put(tokens.size() + i, length - bends[i]);
                }
            }
            return row;
        }

        Surface surface(double[] beta) {
            SortedMap<Integer, Double> weights = new TreeMap<>();
            for (int i = 0; i < tokens.size(); i++) {
                if (beta[i] != 0) {
                    weights.put(tokens.get(i), beta[i]);
                }
            }
            List<Surface.Bend> line = new ArrayList<>();
            for (int i = 0; i < bends.length; i++) {
                if (beta[tokens.size() + i] != 0) {
                    line.add(new Surface.Bend(bends[i], beta[tokens.size() + i]));
                }
            }
            return weights.isEmpty() && line.isEmpty()
                    ? Surface.NONE
                    : new Surface(weights, line, words);
        }
    }

    /// @param answers a row an answer
    /// @param differences a row a contest
    /// @param folds of the contests
    private record Fit(
            Columns columns,
            SparseRows answers,
            SparseRows differences,
            List<Contest> contests,
            int[] folds,
            double[] targets,
            double[] weights) {

        static Fit of(
                List<Answer> answers, List<Contest> contests, WordStarts words, double smoothing) {
            Columns columns = Columns.of(answers, words);
            Map<Integer, Integer> places = new TreeMap<>();
            columns.tokens.forEach(id -> places.put(id, places.size()));
            List<SortedMap<Integer, Double>> rows =
                    answers.stream().map(answer -> columns.row(answer, places)).toList();
            List<SortedMap<Integer, Double>> differences = new ArrayList<>();
            for (Contest contest : contests) {
                SortedMap<Integer, Double> difference = new TreeMap<>(rows.get(contest.a()));
                rows.get(contest.b())
                        .forEach((column, value) -> difference.merge(column, -value, Double::sum));
                difference.values().removeIf(value -> value == 0);
                differences.add(difference);
            }
            return new Fit(
                    columns,
                    SparseRows.of(rows, columns.width()),
                    SparseRows.of(differences, columns.width()),
                    contests,
                    Contest.folds(contests),
                    contests.stream()
                            .mapToDouble(one -> PairLoss.smoothed(one.target(), smoothing))
                            .toArray(),
                    contests.stream().mapToDouble(Contest::weight).toArray());
        }

        /// @param judged how many of the contests, from the first, are counted
        SurfaceSelection select(int judged) {
            double[][] scales = scales();
            double[] best = new double[columns.width()];
            int sharpened = 0;
            double[][] bestBetas = new double[Contest.FOLDS][columns.width()];
            double least = loss(bestBetas, judged) - LEAST_GAIN;
            for (double ofLength : OF_LENGTH) {
                double[][] betas = new double[Contest.FOLDS][columns.width()];
                for (double ofTokens : OF_TOKENS) {
                    double[] variances = new double[columns.width()];
                    for (int h = 0; h < variances.length; h++) {
                        variances[h] = ofTokens * scales[0][h] + ofLength * scales[1][h];
                    }
                    for (int fold = 0; fold < Contest.FOLDS; fold++) {
                        betas[fold] = without(fold).fit(variances, betas[fold]);
                    }
                    for (int times : ofTokens == 0 ? new int[1] : SHARPENED) {
                        double[][] sharp = betas.clone();
                        for (int fold = 0; fold < Contest.FOLDS; fold++) {
                            sharp[fold] = sharpened(without(fold), variances, sharp[fold], times);
                        }
                        double loss = loss(sharp, judged);
                        if (loss < least) {
                            least = loss;
                            best = variances;
                            bestBetas = sharp;
                            sharpened = times;
                        }
                    }
                }
            }
            SparseLogistic whole = new SparseLogistic(differences, targets, weights);
            double[] all = sharpened(whole, best, whole.fit(best, bestBetas[0]), sharpened);
            return new SurfaceSelection(columns.surface(all), crossFitted(bestBetas));
        }

        /// Fits again and again, the tokens' variance each time in proportion to how large their
        /// weights were, the whole of it staying what it was.
        private double[] sharpened(
                SparseLogistic logistic, double[] variances, double[] beta, int times) {
            double[] squares = squares();
            double[] fitted = beta;
            for (int time = 0; time < times; time++) {
                double whole = 0;
                double said = 0;
                for (int h = 0; h < columns.tokens.size(); h++) {
                    whole += squares[h] * variances[h];
                    said += squares[h] * Math.abs(fitted[h]);
                }
                double[] sharp = variances.clone();
                for (int h = 0; h < columns.tokens.size() && said > 0; h++) {
                    sharp[h] =
                            KEPT * variances[h] + (1 - KEPT) * whole * Math.abs(fitted[h]) / said;
                }
                fitted = logistic.fit(sharp, fitted);
            }
            return fitted;
        }

        /// Mean squares of the differences [width].
        private double[] squares() {
            double[] squares = new double[columns.width()];
            for (int i = 0; i < differences.rows(); i++) {
                for (int k = 0; k < differences.columns()[i].length; k++) {
                    double value = differences.values()[i][k];
                    squares[differences.columns()[i][k]] += value * value / differences.rows();
                }
            }
            return squares;
        }

        /// The variance of each column's weight by which the tokens, and the length, make a
        /// variance of 1 together [2, width].
        private double[][] scales() {
            double[][] scales = new double[2][columns.width()];
            double[] squares = squares();
            double tokens = 0;
            for (int h = 0; h < columns.tokens.size(); h++) {
                tokens += squares[h];
            }
            for (int h = 0; h < columns.width(); h++) {
                if (h < columns.tokens.size()) {
                    scales[0][h] = 1 / Math.max(tokens, 1e-12);
                } else if (squares[h] > 0) {
                    scales[1][h] = 1 / squares[h] / columns.bends.length;
                }
            }
            return scales;
        }

        private SparseLogistic without(int fold) {
            double[] others = weights.clone();
            for (int i = 0; i < others.length; i++) {
                if (folds[i] == fold) {
                    others[i] = 0;
                }
            }
            return new SparseLogistic(differences, targets, others);
        }

        private double loss(double[][] betas, int judged) {
            double loss = 0;
            for (int i = 0; i < judged; i++) {
                loss +=
                        weights[i]
                                * PairLoss.of(
                                        differences.dot(i, betas[folds[i]]),
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
