package io.thumbwheel.trainer.reward;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Fits a [Surface] to opinions. How much words and length may say is chosen by cross-validation
/// over raters; where neither foretells what unseen raters prefer, the surface is empty.
///
/// Most words say nothing about what people like, and those that do are alike: whoever likes "glad"
/// may like "happy". So a word's chance to say something, and whether it would be for or against,
/// is learned, too, from the vectors of the words that seem to (empirical Bayes, in turn with the
/// [SpikeAndSlab] regression).
///
/// What learns on top of it must not see what it says of the very opinions that it was fitted to,
/// of which it knows the noise by heart: hence [#crossFitted] (Wolpert 1992, stacked
/// generalization).
///
/// @param whole fitted to all opinions
/// @param crossFitted what surfaces fitted to other raters say of each answer [answers]
record SurfaceSelection(Surface whole, double[] crossFitted) {
    /// A word that fewer answers have is not looked at.
    private static final int LEAST_ANSWERS = 10;

    private static final int BENDS = 12;

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
                    Belief.few(0.3));

    /// Variance of the weights of [Surface#repetition(List)] and of an end.
    private static final double OF_MANNERS = 1;

    /// How often the chances and means of words are learned from the words that seem to say
    /// something.
    private static final int ROUNDS = 4;

    /// Variance, in log-odds, of the chance of a word by its vector, which has length 1.
    private static final double OF_CHANCE = 10;

    /// Variance of the mean weight of a word by its vector.
    private static final double OF_MEAN = 0.1;

    private static final double LEAST_CHANCE = 0.003;

    /// What is believed of words before any vote.
    ///
    /// @param chance that a word says something
    /// @param variance of its weight then; of the log-odds that all make together where the chance
    ///   is 1
    private record Belief(double chance, double variance) {
        /// None says anything.
        static final Belief NONE = new Belief(1, 0);

        /// Every word says something.
        static Belief every(double variance) {
            return new Belief(1, variance);
        }

        /// One word in ten.
        static Belief few(double variance) {
            return new Belief(0.1, variance);
        }
    }

    /// No surface.
    static SurfaceSelection none(List<? extends Opinion> opinions) {
        return new SurfaceSelection(Surface.NONE, new double[Opinion.answersOf(opinions).size()]);
    }

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

    /// The columns: words, then repetition, an end, then bends.
    ///
    /// @param places of the words, in their order
    /// @param bends numbers of words at which slopes change
    private record Columns(SortedMap<String, Integer> places, double[] bends, Words words) {
        static Columns of(List<Answer> answers, Words words) {
            SortedMap<String, Integer> counts = new TreeMap<>();
            List<Integer> lengths = new ArrayList<>();
            for (Answer answer : answers) {
                List<String> said = words.in(answer);
                lengths.add(said.size());
                new LinkedHashSet<>(said).forEach(word -> counts.merge(word, 1, Integer::sum));
            }
            counts.values().removeIf(count -> count < LEAST_ANSWERS);
            SortedMap<String, Integer> places = new TreeMap<>();
            counts.keySet().forEach(word -> places.put(word, places.size()));
            Collections.sort(lengths);
            double[] bends = new double[BENDS];
            for (int i = 1; i < BENDS; i++) {
                bends[i] = lengths.get((int) ((long) i * lengths.size() / BENDS));
            }
            return new Columns(places, Arrays.stream(bends).distinct().toArray(), words);
        }

        int repetition() {
            return places.size();
        }

        int end() {
            return places.size() + 1;
        }

        int bend(int i) {
            return places.size() + 2 + i;
        }

        int width() {
            return places.size() + 2 + bends.length;
        }

        /// An answer's row.
        SortedMap<Integer, Double> row(Answer answer) {
            List<String> said = words.in(answer);
            SortedMap<Integer, Double> row = new TreeMap<>();
            for (String word : said) {
                Integer place = places.get(word);
                if (place != null) {
                    row.put(place, 1.0);
                }
            }
            row.put(repetition(), Surface.repetition(said));
            row.put(end(), words.ended(answer) ? 1.0 : 0.0);
            for (int i = 0; i < bends.length; i++) {
                if (said.size() > bends[i]) {
                    row.put(bend(i), said.size() - bends[i]);
                }
            }
            return row;
        }

        Surface surface(double[] beta) {
            SortedMap<String, Double> weights = new TreeMap<>();
            places.forEach((word, place) -> {
                if (beta[place] != 0) {
                    weights.put(word, beta[place]);
                }
            });
            List<Surface.Bend> line = new ArrayList<>();
            for (int i = 0; i < bends.length; i++) {
                if (beta[bend(i)] != 0) {
                    line.add(new Surface.Bend(bends[i], beta[bend(i)]));
                }
            }
            return new Surface(weights, beta[repetition()], beta[end()], line, words);
        }

        /// The words' vectors about their mean, of length 1, and a 1 behind each [words, size + 1].
        SparseRows directions(Function<String, float[]> vectors) {
            List<float[]> found = places.keySet().stream().map(vectors).toList();
            int size = found.isEmpty() ? 0 : found.getFirst().length;
            double[] mean = new double[size];
            for (float[] vector : found) {
                for (int h = 0; h < size; h++) {
                    mean[h] += vector[h] / (double) found.size();
                }
            }
            List<SortedMap<Integer, Double>> rows = new ArrayList<>();
            for (float[] vector : found) {
                double squares = 1e-12;
                for (int h = 0; h < size; h++) {
                    squares += (vector[h] - mean[h]) * (vector[h] - mean[h]);
                }
                SortedMap<Integer, Double> row = new TreeMap<>();
                for (int h = 0; h < size; h++) {
                    row.put(h, (vector[h] - mean[h]) / Math.sqrt(squares));
                }
                row.put(size, 1.0);
                rows.add(row);
            }
            return SparseRows.of(rows, size + 1);
        }
    }

    /// @param answers a row an answer
    /// @param differences a row a contest
    /// @param transposed the differences, a row a column
    /// @param directions of the words
    /// @param folds of the contests
    private record Fit(
            Columns columns,
            SparseRows answers,
            SparseRows differences,
            SparseRows transposed,
            SparseRows directions,
            List<Contest> contests,
            int[] folds,
            double[] targets,
            double[] weights) {

        static Fit of(
                List<Answer> answers,
                List<Contest> contests,
                Words words,
                Function<String, float[]> vectors,
                double smoothing) {
            Columns columns = Columns.of(answers, words);
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
            return new Fit(
                    columns,
                    SparseRows.of(rows, columns.width()),
                    sparse,
                    sparse.transposed(),
                    columns.directions(vectors),
                    contests,
                    Contest.folds(contests),
                    contests.stream()
                            .mapToDouble(one -> PairLoss.smoothed(one.target(), smoothing))
                            .toArray(),
                    contests.stream().mapToDouble(Contest::weight).toArray());
        }

        /// @param judged how many of the contests, from the first, are counted
        SurfaceSelection select(int judged) {
            Choice none = new Choice(Belief.NONE, 0, new double[Contest.FOLDS][columns.width()]);
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
            return best == none
                    ? new SurfaceSelection(Surface.NONE, new double[answers.rows()])
                    : new SurfaceSelection(
                            columns.surface(fit(best.ofWords, best.ofLength, weights)),
                            crossFitted(best.betas));
        }

        /// @param betas of all contests but a fold's [folds, width]
        private record Choice(Belief ofWords, double ofLength, double[][] betas) {}

        private Choice choice(Belief ofWords, double ofLength) {
            double[][] betas =
                    IntStream.range(0, Contest.FOLDS)
                            .parallel()
                            .mapToObj(fold -> fit(ofWords, ofLength, without(fold)))
                            .toArray(double[][]::new);
            return new Choice(ofWords, ofLength, betas);
        }

        /// @param counted weights of the contests [contests]
        private double[] fit(Belief ofWords, double ofLength, double[] counted) {
            SpikeAndSlab regression = new SpikeAndSlab(differences, transposed, targets, counted);
            double[] chances = new double[columns.width()];
            Arrays.fill(chances, 1);
            Arrays.fill(chances, 0, columns.repetition(), ofWords.chance);
            double[] means = new double[columns.width()];
            double[] variances = variances(ofWords, ofLength);
            SpikeAndSlab.Posterior found =
                    regression.fit(new SpikeAndSlab.Prior(chances, means, variances));
            double[] telling = new double[directions.width()];
            for (int round = 0; round < ROUNDS && ofWords.chance < 1; round++) {
                telling = telling(found, telling);
                double[] liked = liked(found, ofWords.variance);
                for (int h = 0; h < columns.repetition(); h++) {
                    double chance = 1 / (1 + Math.exp(-directions.dot(h, telling)));
                    chances[h] = Math.clamp(chance, LEAST_CHANCE, 1 - LEAST_CHANCE);
                    means[h] = directions.dot(h, liked);
                }
                found = regression.fit(new SpikeAndSlab.Prior(chances, means, variances), found);
            }
            return found.weights();
        }

        /// Where the vectors of words lie that seem to say something: a logistic regression of the
        /// chance that they do.
        private double[] telling(SpikeAndSlab.Posterior found, double[] start) {
            double[] chances = Arrays.copyOf(found.included(), columns.repetition());
            double[] alike = new double[chances.length];
            Arrays.fill(alike, 1);
            double[] variances = new double[directions.width()];
            Arrays.fill(variances, OF_CHANCE);
            variances[variances.length - 1] = 10 * OF_CHANCE;
            return new SparseLogistic(directions, chances, alike).fit(variances, start);
        }

        /// Where the vectors of words lie that are liked: a ridge regression of their weights.
        ///
        /// @param variance of a weight about it
        private double[] liked(SpikeAndSlab.Posterior found, double variance) {
            double[] certainty = new double[columns.repetition()];
            double[] right = new double[directions.width()];
            for (int h = 0; h < certainty.length; h++) {
                certainty[h] = found.included()[h] / variance;
                directions.addTo(right, h, certainty[h] * found.means()[h]);
            }
            double[] variances = new double[directions.width()];
            Arrays.fill(variances, OF_MEAN);
            variances[variances.length - 1] = 0; // words are neither good nor bad on the whole
            return directions.solve(certainty, variances, right);
        }

        /// The variance of each column's weight: length and repetition make theirs together, and so
        /// do words of which every one counts.
        private double[] variances(Belief ofWords, double ofLength) {
            double[] squares = squares();
            double ofAll = 0;
            for (int h = 0; h < columns.repetition(); h++) {
                ofAll += squares[h];
            }
            double[] variances = new double[columns.width()];
            for (int h = 0; h < variances.length; h++) {
                if (h < columns.repetition()) {
                    variances[h] = ofWords.variance / (ofWords.chance < 1 ? 1 : ofAll);
                } else if (h <= columns.end()) {
                    variances[h] = OF_MANNERS;
                } else if (squares[h] > 0) {
                    variances[h] = ofLength / squares[h] / columns.bends.length;
                }
            }
            return variances;
        }

        /// Mean squares of the differences [width].
        private double[] squares() {
            double[] squares = new double[columns.width()];
            for (int h = 0; h < squares.length; h++) {
                for (double value : transposed.values()[h]) {
                    squares[h] += value * value / differences.rows();
                }
            }
            return squares;
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
                                        differences.dot(i, choice.betas[folds[i]]),
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
