package io.thumbwheel.feedback.statistics;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// How far raters agree on what several of them answered.
///
/// @param items questions that two or more answered
/// @param raters who answered those
/// @param raw share of the pairs of answers to one question that are equal; null without items
/// @param kappa Cohen's kappa, mean over the pairs of raters with [#LEAST_COMMON] questions in
///   common or more, each weighing as many as it has; null where there are none
/// @param alpha Krippendorff's alpha; null where all answers are equal or there are no items
public record Agreement(
        int items,
        int raters,
        @Nullable Double raw,
        @Nullable Double kappa,
        @Nullable Double alpha) {
    /// Fewest questions in common that a pair's kappa is taken of.
    public static final int LEAST_COMMON = 5;

    /// How far apart two answers are.
    public enum Metric {
        /// Equal or not.
        NOMINAL,
        /// By how many answers lie between them.
        ORDINAL
    }

    private static final int MOST_RATERS_OF_A_PAIR = 64;

    /// The agreement of answers.
    ///
    /// @param units answers by rater, one map for each question
    public static Agreement of(Collection<? extends Map<String, Integer>> units, Metric metric) {
        List<SortedMap<String, Integer>> shared = new ArrayList<>();
        SortedSet<String> raters = new TreeSet<>();
        for (Map<String, Integer> unit : units) {
            if (unit.size() > 1) {
                shared.add(new TreeMap<>(unit));
                raters.addAll(unit.keySet());
            }
        }
        if (shared.isEmpty()) {
            return new Agreement(0, 0, null, null, null);
        }
        return new Agreement(
                shared.size(),
                raters.size(),
                raw(shared),
                kappa(shared, raters),
                alpha(shared, metric));
    }

    private static double raw(List<SortedMap<String, Integer>> units) {
        double equal = 0;
        double pairs = 0;
        for (SortedMap<String, Integer> unit : units) {
            Map<Integer, Integer> counts = new HashMap<>();
            unit.values().forEach(value -> counts.merge(value, 1, Integer::sum));
            for (int count : counts.values()) {
                equal += count * (count - 1) / 2.0;
            }
            pairs += unit.size() * (unit.size() - 1) / 2.0;
        }
        return equal / pairs;
    }

    /// Cohen, "A coefficient of agreement for nominal scales" (Educational and Psychological
    /// Measurement 20, 1960): `(p_o − p_e)/(1 − p_e)`.
    private static @Nullable Double kappa(
            List<SortedMap<String, Integer>> units, SortedSet<String> raters) {
        Map<String, Integer> numbers = new HashMap<>();
        int number = 0;
        for (String rater : raters) {
            numbers.put(rater, number++);
        }
        SortedMap<Long, List<int[]>> pairs = new TreeMap<>();
        for (SortedMap<String, Integer> unit : units) {
            List<Map.Entry<String, Integer>> answers =
                    unit.entrySet().stream().limit(MOST_RATERS_OF_A_PAIR).toList();
            for (int i = 0; i < answers.size(); i++) {
                for (var other : answers.subList(i + 1, answers.size())) {
                    long one = numbers.getOrDefault(answers.get(i).getKey(), 0);
                    long two = numbers.getOrDefault(other.getKey(), 0);
                    pairs.computeIfAbsent(one << Integer.SIZE | two, _ -> new ArrayList<>())
                            .add(new int[] {answers.get(i).getValue(), other.getValue()});
                }
            }
        }
        double sum = 0;
        double weight = 0;
        for (List<int[]> answers : pairs.values()) {
            if (answers.size() >= LEAST_COMMON) {
                Double kappa = cohen(answers);
                if (kappa != null) {
                    sum += answers.size() * kappa;
                    weight += answers.size();
                }
            }
        }
        return weight == 0 ? null : sum / weight;
    }

    /// Of one pair of raters; null where both always gave one and the same answer.
    private static @Nullable Double cohen(List<int[]> answers) {
        Map<Integer, double[]> counts = new HashMap<>();
        double equal = 0;
        for (int[] answer : answers) {
            counts.computeIfAbsent(answer[0], _ -> new double[2])[0]++;
            counts.computeIfAbsent(answer[1], _ -> new double[2])[1]++;
            equal += answer[0] == answer[1] ? 1 : 0;
        }
        double n = answers.size();
        double expected =
                counts.values().stream().mapToDouble(count -> count[0] * count[1]).sum() / (n * n);
        return expected == 1 ? null : (equal / n - expected) / (1 - expected);
    }

    /// Krippendorff, "Computing Krippendorff's alpha-reliability" (2011): with coincidences `o_ck =
    /// Σ_units pairs(c, k)/(m − 1)`, margins n_c and n, `α = 1 − (n − 1) Σ o_ck δ² / Σ n_c n_k δ²`;
    /// δ is 0 or 1 for nominal answers, and the ranks between c and k for ordinal ones.
    private static @Nullable Double alpha(List<SortedMap<String, Integer>> units, Metric metric) {
        SortedSet<Integer> values = new TreeSet<>();
        units.forEach(unit -> values.addAll(unit.values()));
        List<Integer> scale = List.copyOf(values);
        int k = scale.size();
        double[][] coincidences = new double[k][k];
        double[] margins = new double[k];
        for (SortedMap<String, Integer> unit : units) {
            double[] counts = new double[k];
            unit.values().forEach(value -> counts[scale.indexOf(value)]++);
            for (int c = 0; c < k; c++) {
                for (int d = 0; d < k; d++) {
                    double pairs = counts[c] * (counts[d] - (c == d ? 1 : 0)) / (unit.size() - 1);
                    coincidences[c][d] += pairs;
                    margins[c] += pairs;
                }
            }
        }
        double n = 0;
        double observed = 0;
        double expected = 0;
        for (int c = 0; c < k; c++) {
            n += margins[c];
            for (int d = 0; d < k; d++) {
                double distance = distance(margins, c, d, metric);
                observed += coincidences[c][d] * distance;
                expected += margins[c] * margins[d] * distance;
            }
        }
        return expected == 0 ? null : 1 - (n - 1) * observed / expected;
    }

    /// Squared.
    private static double distance(double[] margins, int c, int d, Metric metric) {
        return switch (metric) {
            case NOMINAL -> c == d ? 0 : 1;
            case ORDINAL -> {
                double between = 0;
                for (int g = Math.min(c, d); g <= Math.max(c, d); g++) {
                    between += margins[g];
                }
                double ranks = between - (margins[c] + margins[d]) / 2;
                yield ranks * ranks;
            }
        };
    }
}
