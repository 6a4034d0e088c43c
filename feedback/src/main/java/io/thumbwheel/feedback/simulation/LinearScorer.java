package io.thumbwheel.feedback.simulation;

import java.util.ArrayList;
import java.util.List;

/// A linear reward model: logistic regression of picks on the difference of the answers' features
/// (Bradley-Terry with linear scores) and of thumbs on the features and a constant, weighted, with
/// a ridge penalty; by Newton's method.
final class LinearScorer {
    private static final int ITERATIONS = 8;
    private static final double PENALTY = 1;

    private final List<double[]> rows = new ArrayList<>();
    private final List<double[]> labels = new ArrayList<>();

    /// Adds a comparison or a judgement.
    ///
    /// @param x features; a difference of two answers' has 0 as its last number, one answer's has 1
    /// @param weight mean of all should be about 1, for the penalty
    void add(double[] x, boolean yes, double weight) {
        rows.add(x);
        labels.add(new double[] {yes ? 1 : 0, weight});
    }

    /// The direction, with the constant last.
    double[] fit() {
        int n = rows.getFirst().length;
        double[] beta = new double[n];
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            double[][] curvature = new double[n][n];
            double[] slope = new double[n];
            for (int i = 0; i < n; i++) {
                curvature[i][i] = PENALTY;
                slope[i] = -PENALTY * beta[i];
            }
            for (int row = 0; row < rows.size(); row++) {
                double[] x = rows.get(row);
                double p = 1 / (1 + Math.exp(-Crowd.dot(x, beta)));
                double weight = labels.get(row)[1];
                double error = weight * (labels.get(row)[0] - p);
                double spread = weight * p * (1 - p);
                for (int i = 0; i < n; i++) {
                    slope[i] += error * x[i];
                    double factor = spread * x[i];
                    for (int j = 0; j <= i; j++) {
                        curvature[i][j] += factor * x[j];
                    }
                }
            }
            double[] step = solve(curvature, slope);
            for (int i = 0; i < n; i++) {
                beta[i] += step[i];
            }
        }
        return beta;
    }

    /// By Cholesky's decomposition of the lower triangle.
    private static double[] solve(double[][] matrix, double[] right) {
        int n = right.length;
        double[] x = right.clone();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = matrix[i][j];
                for (int k = 0; k < j; k++) {
                    sum -= matrix[i][k] * matrix[j][k];
                }
                matrix[i][j] = i == j ? Math.sqrt(sum) : sum / matrix[j][j];
            }
            for (int k = 0; k < i; k++) {
                x[i] -= matrix[i][k] * x[k];
            }
            x[i] /= matrix[i][i];
        }
        for (int i = n - 1; i >= 0; i--) {
            for (int k = i + 1; k < n; k++) {
                x[i] -= matrix[k][i] * x[k];
            }
            x[i] /= matrix[i][i];
        }
        return x;
    }
}
