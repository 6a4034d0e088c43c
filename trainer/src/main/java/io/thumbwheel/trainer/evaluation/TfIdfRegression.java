package io.thumbwheel.trainer.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a reward model has to beat: a logistic regression on the difference of two answers' TF-IDF
/// vectors, which knows words and pairs of words and no language.
///
/// Vectors as scikit-learn's `TfidfVectorizer` makes them (term count times `ln((1 + n)/(1 + df)) +
/// 1`, scaled to length 1) from the unigrams and bigrams of at least two answers. The weights make
/// `½‖w‖² + Σ ln(1 + e^{−w·(chosen − rejected)})` least, by Nesterov's accelerated gradient for a
/// strongly convex function (Nesterov 2004, section 2.2.1).
public final class TfIdfRegression {
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}']+|[?!]");
    private static final int LEAST_ANSWERS = 2;
    private static final int MOST_ITERATIONS = 2000;
    private static final double TOLERANCE = 1e-3;

    private final Map<String, Integer> columns;
    private final double[] inverseFrequencies; // [columns]
    private final double[] weights; // [columns]

    /// A text's part of the vocabulary.
    ///
    /// @param columns ascending
    /// @param values in the same order
    private record Sparse(int[] columns, double[] values) {
        double dot(double[] dense) {
            double sum = 0;
            for (int i = 0; i < columns.length; i++) {
                sum += values[i] * dense[columns[i]];
            }
            return sum;
        }

        void addTo(double[] dense, double factor) {
            for (int i = 0; i < columns.length; i++) {
                dense[columns[i]] += factor * values[i];
            }
        }
    }

    private TfIdfRegression(
            Map<String, Integer> columns, double[] inverseFrequencies, double[] weights) {
        this.columns = columns;
        this.inverseFrequencies = inverseFrequencies;
        this.weights = weights;
    }

    /// The regression on pairs of answers.
    ///
    /// @param rejected in the order of `chosen`
    public static TfIdfRegression fit(List<String> chosen, List<String> rejected) {
        if (chosen.isEmpty() || chosen.size() != rejected.size()) {
            throw new IllegalArgumentException(
                    "pairs are needed, got %d chosen and %d rejected answers"
                            .formatted(chosen.size(), rejected.size()));
        }
        List<String> answers = new ArrayList<>(chosen);
        answers.addAll(rejected);
        Map<String, Integer> frequencies = new HashMap<>();
        answers.forEach(answer ->
                new HashSet<>(terms(answer))
                        .forEach(term -> frequencies.merge(term, 1, Integer::sum)));
        Map<String, Integer> columns = new HashMap<>();
        double[] inverse = new double[frequencies.size()];
        // In order, so that sums come out the same every time.
        new TreeMap<>(frequencies)
                .forEach((term, frequency) -> {
                    if (frequency >= LEAST_ANSWERS) {
                        inverse[columns.size()] =
                                Math.log((1.0 + answers.size()) / (1 + frequency)) + 1;
                        columns.put(term, columns.size());
                    }
                });
        var empty =
                new TfIdfRegression(
                        columns,
                        Arrays.copyOf(inverse, columns.size()),
                        new double[columns.size()]);
        List<Sparse> differences = new ArrayList<>();
        for (int i = 0; i < chosen.size(); i++) {
            differences.add(empty.difference(chosen.get(i), rejected.get(i)));
        }
        return new TfIdfRegression(
                columns, empty.inverseFrequencies, minimise(differences, columns.size()));
    }

    /// By how much `a` scores above `b`.
    public double margin(String a, String b) {
        return difference(a, b).dot(weights);
    }

    private static double[] minimise(List<Sparse> differences, int width) {
        // Each row adds at most ‖d‖²/4 ≤ 1/2 to the curvature, the penalty 1.
        double curvature = 1 + differences.size() / 2.0;
        double root = Math.sqrt(curvature);
        double momentum = (root - 1) / (root + 1);
        double[] weights = new double[width];
        double[] ahead = new double[width];
        for (int iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
            double[] gradient = ahead.clone();
            for (Sparse difference : differences) {
                difference.addTo(gradient, -1 / (1 + Math.exp(difference.dot(ahead))));
            }
            double norm = 0;
            for (int k = 0; k < width; k++) {
                double next = ahead[k] - gradient[k] / curvature;
                ahead[k] = next + momentum * (next - weights[k]);
                weights[k] = next;
                norm += gradient[k] * gradient[k];
            }
            if (Math.sqrt(norm) < TOLERANCE) {
                break;
            }
        }
        return weights;
    }

    private Sparse difference(String a, String b) {
        TreeMap<Integer, Double> sum = new TreeMap<>(vector(a));
        vector(b).forEach((column, value) -> sum.merge(column, -value, Double::sum));
        return new Sparse(
                sum.keySet().stream().mapToInt(Integer::intValue).toArray(),
                sum.values().stream().mapToDouble(Double::doubleValue).toArray());
    }

    /// A text's TF-IDF values by column, of length 1.
    private Map<Integer, Double> vector(String text) {
        Map<Integer, Double> vector = new TreeMap<>();
        for (String term : terms(text)) {
            Integer column = columns.get(term);
            if (column != null) {
                vector.merge(column, inverseFrequencies[column], Double::sum);
            }
        }
        double length =
                Math.sqrt(vector.values().stream().mapToDouble(value -> value * value).sum());
        vector.replaceAll((_, value) -> value / length);
        return vector;
    }

    private static List<String> terms(String text) {
        List<String> terms = new ArrayList<>();
        Matcher words = WORD.matcher(text.toLowerCase(Locale.ROOT));
        String before = "";
        while (words.find()) {
            String word = words.group();
            terms.add(word);
            if (!before.isEmpty()) {
                terms.add(before + " " + word);
            }
            before = word;
        }
        return terms;
    }
}
