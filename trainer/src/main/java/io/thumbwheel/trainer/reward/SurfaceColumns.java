package io.thumbwheel.trainer.reward;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What a [Surface] is a linear function of: a column for each word, then one for each word of a
/// last sentence, repetition, an end, and the bends.
///
/// @param places of the words, in their order
/// @param closing places of the words of last sentences, in their order
/// @param bends numbers of words at which slopes change
/// @param words tells words
record SurfaceColumns(
        SortedMap<String, Integer> places,
        SortedMap<String, Integer> closing,
        double[] bends,
        Words words) {
    /// A word that fewer answers have is not looked at.
    private static final int LEAST_ANSWERS = 10;

    private static final int BENDS = 12;

    /// Those of the answers' words, and bends at the quantiles of their lengths.
    static SurfaceColumns of(List<Answer> answers, Words words) {
        List<Words.Said> all = answers.stream().map(words::in).toList();
        SortedMap<String, Integer> places = places(all.stream().map(Words.Said::all), 0);
        double[] lengths = all.stream().mapToDouble(said -> said.all().size()).sorted().toArray();
        double[] bends = new double[BENDS];
        for (int i = 1; i < BENDS; i++) {
            bends[i] = lengths[(int) ((long) i * lengths.length / BENDS)];
        }
        return new SurfaceColumns(
                places,
                places(all.stream().map(Words.Said::last), places.size()),
                Arrays.stream(bends).distinct().toArray(),
                words);
    }

    /// @param first the place of the first word
    private static SortedMap<String, Integer> places(Stream<List<String>> all, int first) {
        SortedMap<String, Integer> counts = new TreeMap<>();
        all.forEach(said ->
                new LinkedHashSet<>(said).forEach(word -> counts.merge(word, 1, Integer::sum)));
        counts.values().removeIf(count -> count < LEAST_ANSWERS);
        SortedMap<String, Integer> places = new TreeMap<>();
        counts.keySet().forEach(word -> places.put(word, first + places.size()));
        return places;
    }

    int repetition() {
        return places.size() + closing.size();
    }

    int end() {
        return repetition() + 1;
    }

    int bend(int i) {
        return repetition() + 2 + i;
    }

    int width() {
        return repetition() + 2 + bends.length;
    }

    /// An answer's row.
    SortedMap<Integer, Double> row(Answer answer) {
        Words.Said said = words.in(answer);
        SortedMap<Integer, Double> row = new TreeMap<>();
        mark(row, places, said.all());
        mark(row, closing, said.last());
        row.put(repetition(), Surface.repetition(said.all()));
        row.put(end(), words.ended(answer) ? 1.0 : 0.0);
        for (int i = 0; i < bends.length; i++) {
            if (said.all().size() > bends[i]) {
                row.put(bend(i), said.all().size() - bends[i]);
            }
        }
        return row;
    }

    private static void mark(
            SortedMap<Integer, Double> row, Map<String, Integer> places, List<String> said) {
        for (String word : said) {
            Integer place = places.get(word);
            if (place != null) {
                row.put(place, 1.0);
            }
        }
    }

    /// The surface of such weights [width].
    Surface surface(double[] beta) {
        List<Surface.Bend> line = new ArrayList<>();
        for (int i = 0; i < bends.length; i++) {
            if (beta[bend(i)] != 0) {
                line.add(new Surface.Bend(bends[i], beta[bend(i)]));
            }
        }
        return new Surface(
                weights(places, beta),
                weights(closing, beta),
                beta[repetition()],
                beta[end()],
                line,
                words);
    }

    private static SortedMap<String, Double> weights(Map<String, Integer> places, double[] beta) {
        SortedMap<String, Double> weights = new TreeMap<>();
        places.forEach((word, place) -> {
            if (beta[place] != 0) {
                weights.put(word, beta[place]);
            }
        });
        return weights;
    }

    /// The words' vectors about their mean, of length 1, and a 1 behind each, then those of the
    /// closing words [words + closing, size + 1].
    SparseRows directions(Function<String, float[]> vectors) {
        List<float[]> found =
                Stream.concat(places.keySet().stream(), closing.keySet().stream())
                        .map(vectors)
                        .toList();
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
