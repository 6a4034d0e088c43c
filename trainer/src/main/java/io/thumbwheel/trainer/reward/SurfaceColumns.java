package io.thumbwheel.trainer.reward;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/// What a [Surface] is a linear function of: a column for each word, then repetition, an end, and
/// the bends.
///
/// @param places of the words, in their order
/// @param bends numbers of words at which slopes change
/// @param words tells words
record SurfaceColumns(SortedMap<String, Integer> places, double[] bends, Words words) {
    /// A word that fewer answers have is not looked at.
    private static final int LEAST_ANSWERS = 10;

    private static final int BENDS = 12;

    /// Those of the answers' words, and bends at the quantiles of their lengths.
    static SurfaceColumns of(List<Answer> answers, Words words) {
        SortedMap<String, Integer> counts = new TreeMap<>();
        List<Integer> lengths = new ArrayList<>();
        for (Answer answer : answers) {
            List<String> said = words.in(answer);
            lengths.add(said.size());
            new LinkedHashSet<>(said).forEach(word -> counts.merge(word, 1, Integer::sum));
        }
        counts.values().removeIf(count -> count < LEAST_ANSWERS);
        SortedMap<String, Integer> places = new TreeMap<>();
        counts.keySet().forEach(word -> places.put(word, places.size()));
        Collections.sort(lengths);
        double[] bends = new double[BENDS];
        for (int i = 1; i < BENDS; i++) {
            bends[i] = lengths.get((int) ((long) i * lengths.size() / BENDS));
        }
        return new SurfaceColumns(places, Arrays.stream(bends).distinct().toArray(), words);
    }

    int repetition() {
        return places.size();
    }

    int end() {
        return places.size() + 1;
    }

    int bend(int i) {
        return places.size() + 2 + i;
    }

    int width() {
        return places.size() + 2 + bends.length;
    }

    /// An answer's row.
    SortedMap<Integer, Double> row(Answer answer) {
        List<String> said = words.in(answer);
        SortedMap<Integer, Double> row = new TreeMap<>();
        for (String word : said) {
            Integer place = places.get(word);
            if (place != null) {
                row.put(place, 1.0);
            }
        }
        row.put(repetition(), Surface.repetition(said));
        row.put(end(), words.ended(answer) ? 1.0 : 0.0);
        for (int i = 0; i < bends.length; i++) {
            if (said.size() > bends[i]) {
                row.put(bend(i), said.size() - bends[i]);
            }
        }
        return row;
    }

    /// The surface of such weights [width].
    Surface surface(double[] beta) {
        SortedMap<String, Double> weights = new TreeMap<>();
        places.forEach((word, place) -> {
            if (beta[place] != 0) {
                weights.put(word, beta[place]);
            }
        });
        List<Surface.Bend> line = new ArrayList<>();
        for (int i = 0; i < bends.length; i++) {
            if (beta[bend(i)] != 0) {
                line.add(new Surface.Bend(bends[i], beta[bend(i)]));
            }
        }
        return new Surface(weights, beta[repetition()], beta[end()], line, words);
    }

    /// The words' vectors about their mean, of length 1, and a 1 behind each [words, size + 1].
    SparseRows directions(Function<String, float[]> vectors) {
        List<float[]> found = places.keySet().stream().map(vectors).toList();
        int size = found.isEmpty() ? 0 : found.getFirst().length;
        double[] mean = new double[size];
        for (float[] vector : found) {
            for (int h = 0; h < size; h++) {
                mean[h] += vector[h] / (double) found.size();
            }
        }
        int[][] columns = new int[found.size()][];
        Arrays.fill(columns, IntStream.rangeClosed(0, size).toArray());
        double[][] values = new double[found.size()][size + 1];
        for (int i = 0; i < values.length; i++) {
            double squares = 1e-12;
            for (int h = 0; h < size; h++) {
                values[i][h] = found.get(i)[h] - mean[h];
                squares += values[i][h] * values[i][h];
            }
            for (int h = 0; h < size; h++) {
                values[i][h] /= Math.sqrt(squares);
            }
            values[i][size] = 1;
        }
        return new SparseRows(columns, values, size + 1);
    }
}
