package io.thumbwheel.trainer.reward;

import java.util.Arrays;

/// Bradley-Terry with ties as a logistic regression on sparse differences of which most columns say
/// nothing: a column's weight is 0, or with probability π normal with mean m and variance v. The
/// posterior is approximated by one that is independent over columns, its parameters found by
/// coordinate ascent (Carbonetto and Stephens 2012, Bayesian Analysis 7:73-108); the logistic
/// function by its quadratic bound (Jaakkola and Jordan 2000, doi:10.1023/A:1008932416310).
final class SpikeAndSlab {
    private static final int SWEEPS = 40;

    /// No weight moves by more in the last sweep.
    private static final double TOLERANCE = 1e-3;

    private final SparseRows rows;
    private final SparseRows columns;
    private final double[] pulls; // w (t − ½) [rows]
    private final double[] weights; // [rows]

    /// @param rows the differences of two answers
    /// @param columns the same by columns
    /// @param targets t, probability that the first is better [rows]
    /// @param weights w of the rows; 0 leaves one out [rows]
    SpikeAndSlab(SparseRows rows, SparseRows columns, double[] targets, double[] weights) {
        this.rows = rows;
        this.columns = columns;
        this.weights = weights.clone();
        this.pulls = new double[targets.length];
        for (int i = 0; i < pulls.length; i++) {
            pulls[i] = weights[i] * (targets[i] - 0.5);
        }
    }

    /// @param included π, above 0; 1 for a column that always says something [width]
    /// @param means m [width]
    /// @param variances v; 0 keeps a column out [width]
    record Prior(double[] included, double[] means, double[] variances) {}

    /// @param included probability that a column says something [width]
    /// @param means of its weight if it does [width]
    /// @param spreads of what is said of each row: where the bound touches [rows]
    record Posterior(double[] included, double[] means, double[] spreads) {
        /// Mean of each weight [width].
        double[] weights() {
            double[] weights = new double[means.length];
            for (int h = 0; h < weights.length; h++) {
                weights[h] = included[h] * means[h];
            }
            return weights;
        }
    }

    /// The posterior, from nothing known of the weights.
    Posterior fit(Prior prior) {
        double[] spreads = new double[rows.rows()];
        Arrays.fill(spreads, 1);
        return fit(prior, new Posterior(prior.included, new double[rows.width()], spreads));
    }

    /// The posterior, sought from another one on.
    Posterior fit(Prior prior, Posterior start) {
        Ascent ascent = new Ascent(prior, start);
        int sweeps = 0;
        double moved;
        do {
            moved = ascent.sweep();
            sweeps++;
        } while (moved > TOLERANCE && sweeps < SWEEPS);
        return ascent.reached();
    }

    private final class Ascent {
        private final Prior prior;
        private final double[] included;
        private final double[] means;
        private final double[] spreads;
        private final double[] said; // x·E[β] [rows]

        Ascent(Prior prior, Posterior start) {
            this.prior = prior;
            this.included = start.included.clone();
            this.means = start.means.clone();
            this.spreads = start.spreads.clone();
            this.said = new double[spreads.length];
            double[] weights = start.weights();
            for (int i = 0; i < said.length; i++) {
                said[i] = rows.dot(i, weights);
            }
        }

        Posterior reached() {
            return new Posterior(included, means, spreads);
        }

        /// Moves every column, then the bounds.
        ///
        /// @return by how much the mean weight moved that moved most
        double sweep() {
            double[] curvature = curvature();
            double[] uncertain = new double[means.length]; // variances of the weights
            double furthest = 0;
            for (int h = 0; h < means.length; h++) {
                double before = included[h] * means[h];
                double variance = update(h, before, curvature);
                double after = included[h] * means[h];
                columns.addTo(said, h, after - before);
                uncertain[h] = included[h] * (variance + (1 - included[h]) * means[h] * means[h]);
                furthest = Math.max(furthest, Math.abs(after - before));
            }
            for (int i = 0; i < spreads.length; i++) {
                spreads[i] = Math.sqrt(said[i] * said[i] + rows.dotOfSquares(i, uncertain));
            }
            return furthest;
        }

        /// The best that a column can do while the others stay, for weights about m.
        ///
        /// @return variance of the weight if the column says something
        private double update(int h, double before, double[] curvature) {
            double wide = prior.variances[h];
            if (wide == 0) {
                return 0;
            }
            int[] at = columns.columns()[h];
            double[] values = columns.values()[h];
            double own = 0;
            double gradient = 0;
            for (int k = 0; k < at.length; k++) {
                int i = at[k];
                own += values[k] * values[k] * curvature[i];
                gradient += values[k] * (pulls[i] - curvature[i] * said[i]);
            }
            double variance = wide / (1 + wide * own);
            double expected = prior.means[h];
            means[h] = variance * (gradient + own * before + expected / wide);
            double odds = prior.included[h] / (1 - prior.included[h]); // infinite for 1
            double gain =
                    Math.sqrt(variance / wide)
                            * Math.exp(
                                    (means[h] * means[h] / variance - expected * expected / wide)
                                            / 2);
            included[h] = 1 / (1 + 1 / (odds * gain));
            return variance;
        }

        /// Of the bound at each row, times its weight [rows].
        private double[] curvature() {
            double[] curvature = new double[spreads.length];
            for (int i = 0; i < curvature.length; i++) {
                double spread = spreads[i];
                curvature[i] =
                        weights[i] * (spread < 1e-6 ? 0.25 : Math.tanh(spread / 2) / (2 * spread));
            }
            return curvature;
        }
    }
}
