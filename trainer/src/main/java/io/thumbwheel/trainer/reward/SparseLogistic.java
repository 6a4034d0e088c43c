package io.thumbwheel.trainer.reward;

import java.util.Arrays;

/// Bradley-Terry with ties as a ridge logistic regression on sparse differences: makes `Σ w ·
/// loss(x·β, t) + ½ Σ β²/v` least, v the variance that a column's weight is expected to have, by
/// Newton's method with conjugate gradients (Nocedal and Wright 2006, section 7.1). A column of
/// variance 0 stays out.
///
/// @param rows the differences of two answers
/// @param targets probability that the first is better [rows]
/// @param weights of the rows; 0 leaves one out [rows]
record SparseLogistic(SparseRows rows, double[] targets, double[] weights) {
    private static final int NEWTON_STEPS = 6;
    private static final int GRADIENT_STEPS = 30;
    private static final double TOLERANCE = 0.03;

    /// The best β [width].
    ///
    /// @param variances v [width]
    /// @param start where it begins [width]
    double[] fit(double[] variances, double[] start) {
        int width = rows.width();
        double[] beta = start.clone();
        double[] spread = new double[rows.rows()];
        for (int step = 0; step < NEWTON_STEPS; step++) {
            double[] gradient = new double[width];
            for (int h = 0; h < width; h++) {
                if (variances[h] > 0) {
                    gradient[h] = beta[h] / variances[h];
                } else {
                    beta[h] = 0;
                }
            }
            for (int i = 0; i < rows.rows(); i++) {
                if (weights[i] > 0) {
                    double probability = 1 / (1 + Math.exp(-rows.dot(i, beta)));
                    rows.addTo(gradient, i, weights[i] * (probability - targets[i]));
                    spread[i] = weights[i] * probability * (1 - probability);
                }
            }
            double[] move = solve(spread, variances, gradient);
            double greatest = 0;
            for (int h = 0; h < width; h++) {
                beta[h] -= move[h];
                greatest = Math.max(greatest, Math.abs(move[h]) / Math.sqrt(variances[h] + 1e-12));
            }
            if (greatest < TOLERANCE) {
                break;
            }
        }
        return beta;
    }

    /// Solves `(Xᵀ S X + V⁻¹) x = right` by conjugate gradients in the columns' own deviations, in
    /// which the penalty is the identity.
    private double[] solve(double[] spread, double[] variances, double[] right) {
        int width = right.length;
        double[] deviations = Arrays.stream(variances).map(Math::sqrt).toArray();
        double[] x = new double[width];
        double[] residual = new double[width];
        for (int h = 0; h < width; h++) {
            residual[h] = deviations[h] * right[h];
        }
        double[] direction = residual.clone();
        double squares = squares(residual);
        double enough = squares * TOLERANCE * TOLERANCE;
        for (int step = 0; step < GRADIENT_STEPS && squares > enough; step++) {
            double[] product = direction.clone();
            double[] scaled = new double[width];
            for (int h = 0; h < width; h++) {
                scaled[h] = deviations[h] * direction[h];
            }
            double[] sum = new double[width];
            for (int i = 0; i < spread.length; i++) {
                if (spread[i] > 0) {
                    rows.addTo(sum, i, spread[i] * rows.dot(i, scaled));
                }
            }
            double along = 0;
            for (int h = 0; h < width; h++) {
                product[h] += deviations[h] * sum[h];
                along += direction[h] * product[h];
            }
            double length = squares / along;
            for (int h = 0; h < width; h++) {
                x[h] += length * direction[h];
                residual[h] -= length * product[h];
            }
            double next = squares(residual);
            for (int h = 0; h < width; h++) {
                direction[h] = residual[h] + next / squares * direction[h];
            }
            squares = next;
        }
        for (int h = 0; h < width; h++) {
            x[h] *= deviations[h];
        }
        return x;
    }

    private static double squares(double[] vector) {
        return Arrays.stream(vector).map(value -> value * value).sum();
    }
}
