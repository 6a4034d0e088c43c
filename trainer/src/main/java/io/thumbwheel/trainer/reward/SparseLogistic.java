package io.thumbwheel.trainer.reward;

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

    /// A step that is shorter than this share of Newton's is not worth taking.
    private static final double SHORTEST = 0.01;

    /// Nats that another step must be expected to bring.
    private static final double LEAST_GAIN = 1e-3;

    /// The best β [width].
    ///
    /// @param variances v [width]
    /// @param start where it begins; 0 where the variance is [width]
    double[] fit(double[] variances, double[] start) {
        double[] beta = start.clone();
        double least = objective(beta, variances);
        for (int step = 0; step < NEWTON_STEPS; step++) {
            double[] move = move(beta, variances);
            double length = 1;
            double[] next = moved(beta, move, length);
            double reached = objective(next, variances);
            while (reached > least && length > SHORTEST) {
                length /= 2;
                next = moved(beta, move, length);
                reached = objective(next, variances);
            }
            if (reached >= least) {
                break;
            }
            double gain = least - reached;
            beta = next;
            least = reached;
            if (gain < LEAST_GAIN) {
                break;
            }
        }
        return beta;
    }

    private static double[] moved(double[] beta, double[] move, double length) {
        double[] moved = beta.clone();
        for (int h = 0; h < moved.length; h++) {
            moved[h] -= length * move[h];
        }
        return moved;
    }

    private double objective(double[] beta, double[] variances) {
        double sum = 0;
        for (int h = 0; h < beta.length; h++) {
            sum += variances[h] > 0 ? beta[h] * beta[h] / variances[h] / 2 : 0;
        }
        for (int i = 0; i < rows.rows(); i++) {
            if (weights[i] > 0) {
                sum += weights[i] * PairLoss.of(rows.dot(i, beta), targets[i]);
            }
        }
        return sum;
    }

    /// Newton's step [width].
    private double[] move(double[] beta, double[] variances) {
        double[] gradient = new double[beta.length];
        double[] spread = new double[rows.rows()];
        for (int h = 0; h < gradient.length; h++) {
            gradient[h] = variances[h] > 0 ? beta[h] / variances[h] : 0;
        }
        for (int i = 0; i < rows.rows(); i++) {
            if (weights[i] > 0) {
                double probability = 1 / (1 + Math.exp(-rows.dot(i, beta)));
                rows.addTo(gradient, i, weights[i] * (probability - targets[i]));
                spread[i] = weights[i] * probability * (1 - probability);
            }
        }
        return rows.solve(spread, variances, gradient);
    }
}
