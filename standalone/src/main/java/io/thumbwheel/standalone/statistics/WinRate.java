package io.thumbwheel.standalone.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;

/// How often one policy's answer beats another's to the same prompt; a tie is half a win.
public final class WinRate {
    private static final int RESAMPLES = 4_000;

    private WinRate() {}

    /// The win rate with its paired bootstrap percentile interval: prompts are drawn again, and the
    /// two answers of a prompt stay together.
    ///
    /// Efron and Tibshirani 1993, "An Introduction to the Bootstrap", section 13.3.
    ///
    /// @param challenger scores by prompt
    /// @param baseline scores by prompt, in the same order
    public static Interval paired(double[] challenger, double[] baseline, long seed) {
        requirePairs(challenger.length, baseline.length);
        var wins = new double[challenger.length];
        for (int i = 0; i < wins.length; i++) {
            wins[i] = win(challenger[i], baseline[i]);
        }
        return bootstrap(wins, seed);
    }

    private static Interval bootstrap(double[] wins, long seed) {
        var random = new SplittableRandom(seed);
        var rates = new double[RESAMPLES];
        for (int r = 0; r < RESAMPLES; r++) {
            double sum = 0;
            for (int i = 0; i < wins.length; i++) {
                sum += wins[random.nextInt(wins.length)];
            }
            rates[r] = sum / wins.length;
        }
        Arrays.sort(rates);
        return new Interval(
                Arrays.stream(wins).average().orElse(0.5),
                Quantiles.ofSorted(rates, 0.025),
                Quantiles.ofSorted(rates, 0.975));
    }

    static double win(double challenger, double baseline) {
        return challenger > baseline ? 1 : challenger < baseline ? 0 : 0.5;
    }

    /// The win rate at equal lengths: what a logistic regression of the win on the standardised
    /// difference of lengths predicts at no difference.
    ///
    /// Dubois et al. 2024, "Length-Controlled AlpacaEval", section 3: P(win) = σ(θ + φ
    /// tanh(Δ/σ_Δ)), read at Δ = 0. Departures: two policies and no term for the prompt; fitted by
    /// Newton's method with a ridge of 0.01 on both, so that separable wins stay finite.
    ///
    /// @param challengerLengths lengths of the challenger's answers, by prompt
    public static double lengthControlled(
            double[] challenger,
            double[] baseline,
            double[] challengerLengths,
            double[] baselineLengths) {
        requirePairs(challenger.length, baseline.length);
        requirePairs(challenger.length, challengerLengths.length);
        requirePairs(challenger.length, baselineLengths.length);
        int n = challenger.length;
        var wins = new double[n];
        var lengths = new double[n];
        double square = 0;
        for (int i = 0; i < n; i++) {
            wins[i] = win(challenger[i], baseline[i]);
            lengths[i] = challengerLengths[i] - baselineLengths[i];
            square += lengths[i] * lengths[i];
        }
        double deviation = Math.sqrt(square / n);
        for (int i = 0; i < n; i++) {
            lengths[i] = deviation == 0 ? 0 : Math.tanh(lengths[i] / deviation);
        }
        return sigmoid(intercept(wins, lengths));
    }

    private static double intercept(double[] wins, double[] x) {
        double ridge = 0.01;
        double theta = 0;
        double phi = 0;
        for (int step = 0; step < 50; step++) {
            double g0 = -ridge * theta;
            double g1 = -ridge * phi;
            double h00 = ridge;
            double h01 = 0;
            double h11 = ridge;
            for (int i = 0; i < wins.length; i++) {
                double p = sigmoid(theta + phi * x[i]);
                double weight = p * (1 - p);
                g0 += wins[i] - p;
                g1 += (wins[i] - p) * x[i];
                h00 += weight;
                h01 += weight * x[i];
                h11 += weight * x[i] * x[i];
            }
            double determinant = h00 * h11 - h01 * h01;
            theta += (h11 * g0 - h01 * g1) / determinant;
            phi += (h00 * g1 - h01 * g0) / determinant;
        }
        return theta;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static void requirePairs(int first, int second) {
        if (first != second || first == 0) {
            throw new IllegalArgumentException(
                    "scores come in pairs, at least one: got %d and %d".formatted(first, second));
        }
    }
}
