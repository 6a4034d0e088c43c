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

    /// The squares of a row times a vector [width].
    double dotOfSquares(int row, double[] vector) {
        int[] places = columns[row];
        double[] found = values[row];
        double sum = 0;
        for (int i = 0; i < places.length; i++) {
            sum += found[i] * found[i] * vector[places[i]];
        }
        return sum;
    }

    /// The same matrix with its columns for rows.
    SparseRows transposed() {
        int[] counts = new int[width];
        for (int[] places : columns) {
            for (int place : places) {
                counts[place]++;
            }
        }
        int[][] rows = new int[width][];
        double[][] found = new double[width][];
        for (int h = 0; h < width; h++) {
            rows[h] = new int[counts[h]];
            found[h] = new double[counts[h]];
        }
        int[] next = new int[width];
        for (int row = 0; row < columns.length; row++) {
            for (int i = 0; i < columns[row].length; i++) {
                int place = columns[row][i];
                rows[place][next[place]] = row;
                found[place][next[place]++] = values[row][i];
            }
        }
        return new SparseRows(rows, found, columns.length);
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
