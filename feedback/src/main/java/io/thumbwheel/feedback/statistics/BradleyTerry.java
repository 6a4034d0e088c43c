package io.thumbwheel.feedback.statistics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// How strong releases are by who beat whom: Bradley & Terry, "Rank analysis of incomplete block
/// designs" (Biometrika 39, 1952): a beats b with probability `1/(1 + e^(θ_b − θ_a))`. Fitted by
/// Newton's method; intervals from the inverse of the Hessian.
///
/// Departures: a tie is half a win for each (as in Chatbot Arena, arXiv:2403.04132); each release
/// also tied once with one of strength 0, so that who never lost is not infinitely strong and
/// strengths are counted from there.
public final class BradleyTerry {
    private static final int ITERATIONS = 50;
    private static final double Z = 1.959963984540054;
    private static final double STEP_LIMIT = 2;

    private final List<String> names;
    private final double[][] wins; // wins[a][b]: of a over b

    /// A release's strength in log-odds.
    ///
    /// @param low lower bound, 95%
    /// @param high upper bound, 95%
    /// @param comparisons with other releases
    public record Strength(double logOdds, double low, double high, double comparisons) {}

    /// One comparison.
    ///
    /// @param won share of it that `a` won: 1, or 0.5 for a tie
    public record Match(String a, String b, double won) {}

    private BradleyTerry(List<String> names, double[][] wins) {
        this.names = names;
        this.wins = wins;
    }

    /// Strengths by name.
    public static SortedMap<String, Strength> of(List<Match> matches) {
        Map<String, Integer> index = new TreeMap<>();
        for (Match match : matches) {
            index.put(match.a(), 0);
            index.put(match.b(), 0);
        }
        List<String> names = new ArrayList<>(index.keySet());
        names.forEach(name -> index.put(name, names.indexOf(name)));
        double[][] wins = new double[names.size()][names.size()];
        for (Match match : matches) {
            int a = index.getOrDefault(match.a(), 0);
            int b = index.getOrDefault(match.b(), 0);
            if (a != b) {
                wins[a][b] += match.won();
                wins[b][a] += 1 - match.won();
            }
        }
        return new BradleyTerry(names, wins).fit();
    }

    private SortedMap<String, Strength> fit() {
        int n = names.size();
        double[] theta = new double[n];
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            double[][] inverse = inverse(information(theta));
            double[] slope = slope(theta);
            double most = 0;
            for (int a = 0; a < n; a++) {
                double step = 0;
                for (int b = 0; b < n; b++) {
                    step += inverse[a][b] * slope[b];
                }
                step = Math.clamp(step, -STEP_LIMIT, STEP_LIMIT);
                theta[a] += step;
                most = Math.max(most, Math.abs(step));
            }
            if (most < 1e-10) {
                break;
            }
        }
        double[][] variance = inverse(information(theta));
        SortedMap<String, Strength> strengths = new TreeMap<>();
        for (int a = 0; a < n; a++) {
            double half = Z * Math.sqrt(variance[a][a]);
            double comparisons = 0;
            for (int b = 0; b < n; b++) {
                comparisons += wins[a][b] + wins[b][a];
            }
            strengths.put(
                    names.get(a),
                    new Strength(theta[a], theta[a] - half, theta[a] + half, comparisons));
        }
        return strengths;
    }

    /// Slope of the log-likelihood.
    private double[] slope(double[] theta) {
        double[] slope = new double[theta.length];
        for (int a = 0; a < slope.length; a++) {
            slope[a] = 0.5 - sigmoid(theta[a]);
            for (int b = 0; b < slope.length; b++) {
                double games = wins[a][b] + wins[b][a];
                slope[a] += wins[a][b] - games * sigmoid(theta[a] - theta[b]);
            }
        }
        return slope;
    }

    /// Minus the Hessian of the log-likelihood.
    private double[][] information(double[] theta) {
        double[][] information = new double[theta.length][theta.length];
        for (int a = 0; a < theta.length; a++) {
            information[a][a] += sigmoid(theta[a]) * sigmoid(-theta[a]);
            for (int b = 0; b < theta.length; b++) {
                double p = sigmoid(theta[a] - theta[b]);
                double spread = (wins[a][b] + wins[b][a]) * p * (1 - p);
                information[a][a] += spread;
                information[a][b] -= spread;
            }
        }
        return information;
    }

    /// By Gauss and Jordan; positive definite, so no pivot is zero.
    private static double[][] inverse(double[][] matrix) {
        int n = matrix.length;
        double[][] left = new double[n][];
        double[][] right = new double[n][n];
        for (int i = 0; i < n; i++) {
            left[i] = matrix[i].clone();
            right[i][i] = 1;
        }
        for (int pivot = 0; pivot < n; pivot++) {
            double scale = left[pivot][pivot];
            for (int k = 0; k < n; k++) {
                left[pivot][k] /= scale;
                right[pivot][k] /= scale;
            }
            for (int row = 0; row < n; row++) {
                double factor = left[row][pivot];
                for (int k = 0; k < n && row != pivot; k++) {
                    left[row][k] -= factor * left[pivot][k];
                    right[row][k] -= factor * right[pivot][k];
                }
            }
        }
        return right;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
