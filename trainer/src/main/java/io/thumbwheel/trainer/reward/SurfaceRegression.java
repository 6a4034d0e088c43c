package io.thumbwheel.trainer.reward;

import java.util.Arrays;

/// Fits the weights of a surface's columns to comparisons.
///
/// Most words say nothing about what people like, and those that do are alike: whoever likes "glad"
/// may like "happy". So a word's chance to say something, and whether it would be for or against,
/// is learned, too, from the vectors of the words that seem to (empirical Bayes, in turn with the
/// [SpikeAndSlab] regression).
///
/// @param differences a row a comparison [comparisons, width]
/// @param transposed the same [width, comparisons]
/// @param directions of the words ([SurfaceColumns#directions])
/// @param targets probability that the first is better [comparisons]
record SurfaceRegression(
        SurfaceColumns columns,
        SparseRows differences,
        SparseRows transposed,
        SparseRows directions,
        double[] targets) {
    /// Variance of the weights of [Surface#repetition(java.util.List)] and of an end.
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
    /// @param closing whether words say something of their own in the last sentence
    record Belief(double chance, double variance, boolean closing) {
        /// None says anything.
        static final Belief NONE = new Belief(1, 0, false);

        /// Every word says something.
        static Belief every(double variance) {
            return new Belief(1, variance, false);
        }

        /// One word in ten.
        static Belief few(double variance) {
            return new Belief(0.1, variance, false);
        }

        /// One word in ten, and one in ten of the last sentence's.
        static Belief fewAndClosing(double variance) {
            return new Belief(0.1, variance, true);
        }
    }

    /// The weights of the columns [width].
    ///
    /// @param ofLength variance of the log-odds that length makes
    /// @param weights of the comparisons; 0 leaves one out [comparisons]
    double[] fit(Belief ofWords, double ofLength, double[] weights) {
        SpikeAndSlab regression = new SpikeAndSlab(differences, transposed, targets, weights);
        double[] chances = new double[columns.width()];
        Arrays.fill(chances, 1);
        Arrays.fill(chances, 0, columns.repetition(), ofWords.chance);
        double[] means = new double[columns.width()];
        double[] variances = variances(ofWords, ofLength);
        SpikeAndSlab.Posterior found =
                regression.fit(new SpikeAndSlab.Prior(chances, means, variances));
        double[] telling = new double[directions.width()];
        for (int round = 0; round < ROUNDS && ofWords.chance < 1; round++) {
            telling = telling(found, variances, telling);
            double[] liked = liked(found, variances);
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
    /// chance that they do [size + 1].
    ///
    /// @param variances of the weights; columns of variance 0 tell nothing [width]
    private double[] telling(SpikeAndSlab.Posterior found, double[] variances, double[] start) {
        double[] chances = Arrays.copyOf(found.included(), columns.repetition());
        double[] heard = new double[chances.length];
        for (int h = 0; h < heard.length; h++) {
            heard[h] = variances[h] > 0 ? 1 : 0;
        }
        double[] wide = new double[directions.width()];
        Arrays.fill(wide, OF_CHANCE);
        wide[wide.length - 1] = 10 * OF_CHANCE;
        return new SparseLogistic(directions, chances, heard).fit(wide, start);
    }

    /// Where the vectors of words lie that are liked: a ridge regression of their weights [size +
    /// 1].
    ///
    /// @param variances of the weights about it; columns of variance 0 tell nothing [width]
    private double[] liked(SpikeAndSlab.Posterior found, double[] variances) {
        double[] certainty = new double[columns.repetition()];
        double[] right = new double[directions.width()];
        for (int h = 0; h < certainty.length; h++) {
            certainty[h] = variances[h] > 0 ? found.included()[h] / variances[h] : 0;
            directions.addTo(right, h, certainty[h] * found.means()[h]);
        }
        double[] wide = new double[directions.width()];
        Arrays.fill(wide, OF_MEAN);
        wide[wide.length - 1] = 0; // words are neither good nor bad on the whole
        return directions.solve(certainty, wide, right);
    }

    /// The variance of each column's weight: the bends make theirs together, and so do words of
    /// which every one counts [width].
    private double[] variances(Belief ofWords, double ofLength) {
        double[] squares = squares();
        int words = columns.places().size();
        double ofAll = Arrays.stream(squares, 0, words).sum();
        double[] variances = new double[columns.width()];
        for (int h = 0; h < variances.length; h++) {
            if (h < words) {
                variances[h] = ofWords.variance / (ofWords.chance < 1 ? 1 : ofAll);
            } else if (h < columns.repetition()) {
                variances[h] = ofWords.closing ? ofWords.variance : 0;
            } else if (h <= columns.end()) {
                variances[h] = OF_MANNERS;
            } else if (squares[h] > 0) {
                variances[h] = ofLength / squares[h] / columns.bends().length;
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
}
