package io.thumbwheel.trainer.reward;

import java.util.List;
import java.util.SortedMap;

/// Rows of a matrix that is mostly 0.
///
/// @param columns of each row's values [rows, values of the row]
/// @param values in the same order
/// @param width columns of the matrix
record SparseRows(int[][] columns, double[][] values, int width) {

    static SparseRows of(List<SortedMap<Integer, Double>> rows, int width) {
        return new SparseRows(
                rows.stream()
                        .map(row -> row.keySet().stream().mapToInt(Integer::intValue).toArray())
                        .toArray(int[][]::new),
                rows.stream()
                        .map(row ->
                                row.values().stream().mapToDouble(Double::doubleValue).toArray())
                        .toArray(double[][]::new),
                width);
    }

    int rows() {
        return columns.length;
    }

    /// A row times a vector [width].
    double dot(int row, double[] vector) {
        int[] places = columns[row];
        double[] found = values[row];
        double sum = 0;
        for (int i = 0; i < places.length; i++) {
            sum += found[i] * vector[places[i]];
        }
        return sum;
    }

    /// Adds a row times a factor to a vector [width].
    void addTo(double[] vector, int row, double factor) {
        int[] places = columns[row];
        double[] found = values[row];
        for (int i = 0; i < places.length; i++) {
            vector[places[i]] += factor * found[i];
        }
    }
}
