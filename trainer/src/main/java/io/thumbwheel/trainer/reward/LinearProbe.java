package io.thumbwheel.trainer.reward;

import java.util.Arrays;
import java.util.List;

/// The best linear head on frozen features: Bradley-Terry with ties as a logistic regression on the
/// difference of two answers' features, with a ridge penalty in units of each feature's deviation,
/// solved by Newton's method.
///
/// A few hundred noisy pairs are memorised by fine-tuning before they are understood; a head that
/// is right from the start keeps the pretrained features (Kumar et al., arXiv:2202.10054, section
/// 3.3: linear probing, then fine-tuning).
final class LinearProbe {

    private static final int ITERATIONS = 5;

    private final double[][] differences; // [pairs, hidden], in deviations
    private final double[] deviations; // [hidden]
    private final double[] known; // [pairs]
    private final double[] targets; // [pairs]
    private final double[] weights; // [pairs]

    /// The probe of `contests` that sees the first `width` features.
    ///
    /// @param features of every answer [answers, width or more]
    /// @param offsets added to what the head says of every answer [answers]
    static LinearProbe of(
            List<Contest> contests,
            float[][] features,
            double[] offsets,
            int width,
            double smoothing) {
        float[][] a = new float[contests.size()][];
        float[][] b = new float[contests.size()][];
        double[] targets = new double[contests.size()];
        double[] weights = new double[contests.size()];
        double[] known = new double[contests.size()];
        for (int i = 0; i < a.length; i++) {
            Contest contest = contests.get(i);
            a[i] = Arrays.copyOf(features[contest.a()], width);
            b[i] = Arrays.copyOf(features[contest.b()], width);
            targets[i] = PairLoss.smoothed(contest.target(), smoothing);
            weights[i] = contest.weight();
            known[i] = offsets[contest.a()] - offsets[contest.b()];
        }
        return new LinearProbe(a, b, known, targets, weights);
    }

    /// @param a features of each pair's a [pairs, hidden]
    /// @param b features of each pair's b [pairs, hidden]
    /// @param known log-odds that are added to the head's [pairs]
    LinearProbe(float[][] a, float[][] b, double[] known, double[] targets, double[] weights) {
        int hidden = a[0].length;
        this.known = known.clone();
        this.targets = targets.clone();
        this.weights = weights.clone();
        this.deviations = new double[hidden];
        this.differences = new double[a.length][hidden];
        for (int h = 0; h < hidden; h++) {
            deviations[h] = deviation(a, b, h);
            for (int i = 0; i < a.length; i++) {
                differences[i][h] = (a[i][h] - b[i][h]) / deviations[h];
            }
        }
    }

    /// The head [hidden] for a penalty, to be multiplied with raw features.
    float[] head(double penalty) {
        int hidden = deviations.length;
        double[] head = new double[hidden];
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            double[] gradient = new double[hidden];
            double[][] curvature = new double[hidden][hidden];
            for (int h = 0; h < hidden; h++) {
                gradient[h] = penalty * head[h];
                curvature[h][h] = penalty;
            }
            for (int i = 0; i < differences.length; i++) {
                accumulate(head, i, gradient, curvature);
            }
            double[] step = solve(curvature, gradient);
            for (int h = 0; h < hidden; h++) {
                head[h] -= step[h];
            }
        }
        float[] raw = new float[hidden];
        for (int h = 0; h < hidden; h++) {
            raw[h] = (float) (head[h] / deviations[h]);
        }
        return raw;
    }

    /// What a head makes of features; the head may see fewer of them.
    static double apply(float[] head, float[] features) {
        double sum = 0;
        for (int h = 0; h < head.length; h++) {
            sum += (double) head[h] * features[h];
        }
        return sum;
    }

    private void accumulate(double[] head, int i, double[] gradient, double[][] curvature) {
        double[] x = differences[i];
        double logit = known[i];
        for (int h = 0; h < x.length; h++) {
            logit += head[h] * x[h];
        }
        double probability = 1 / (1 + Math.exp(-logit));
        double error = weights[i] * (probability - targets[i]);
        double spread = weights[i] * probability * (1 - probability);
        for (int h = 0; h < x.length; h++) {
            gradient[h] += error * x[h];
            double factor = spread * x[h];
            for (int k = 0; k <= h; k++) {
                curvature[h][k] += factor * x[k];
            }
        }
    }

    /// Solves `matrix · x = right` by Cholesky's decomposition; only the lower triangle is read.
    static double[] solve(double[][] matrix, double[] right) {
        int n = right.length;
        double[][] lower = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = matrix[i][j];
                for (int k = 0; k < j; k++) {
                    sum -= lower[i][k] * lower[j][k];
                }
                lower[i][j] = i == j ? Math.sqrt(sum) : sum / lower[j][j];
            }
        }
        double[] x = right.clone();
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < i; k++) {
                x[i] -= lower[i][k] * x[k];
            }
            x[i] /= lower[i][i];
        }
        for (int i = n - 1; i >= 0; i--) {
            for (int k = i + 1; k < n; k++) {
                x[i] -= lower[k][i] * x[k];
            }
            x[i] /= lower[i][i];
        }
        return x;
    }

    private static double deviation(float[][] a, float[][] b, int h) {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i][h] + b[i][h];
            squares += (double) a[i][h] * a[i][h] + (double) b[i][h] * b[i][h];
        }
        int count = 2 * a.length;
        double mean = sum / count;
        return Math.sqrt(Math.max(squares / count - mean * mean, 1e-12));
    }
}
