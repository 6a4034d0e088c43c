package io.thumbwheel.trainer.reward;

import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;

/// Rows of a matrix that is mostly 0.
///
/// @param columns of each row's values [rows, values of the row]
/// @param values in the same order
/// @param width columns of the matrix
record SparseRows(int[][] columns, double[][] values, int width) {
    private static final int GRADIENT_STEPS = 30;
    private static final double TOLERANCE = 0.03;

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

    /// Solves `(Xᵀ S X + V⁻¹) x = right` by conjugate gradients in the columns' own deviations, in
    /// which the penalty is the identity (Nocedal and Wright 2006, algorithm 5.2).
    ///
    /// @param spread of the rows: the diagonal of S [rows]
    /// @param variances of the columns: the diagonal of V; of 0, x is 0 [width]
    /// @param right [width]
    /// @return near x [width]
    double[] solve(double[] spread, double[] variances, double[] right) {
        double[] deviations = Arrays.stream(variances).map(Math::sqrt).toArray();
        double[] x = new double[width];
        double[] residual = new double[width];
        for (int h = 0; h < width; h++) {
            residual[h] = deviations[h] * right[h];
        }
        double[] direction = residual.clone();
        double squares = squares(residual);
        double enough = squares * TOLERANCE * TOLERANCE;
        for (int step = 0; step < GRADIENT_STEPS && squares > enough; step++) {
            double[] product = direction.clone();
            double[] scaled = new double[width];
            for (int h = 0; h < width; h++) {
                scaled[h] = deviations[h] * direction[h];
            }
            double[] sum = new double[width];
            for (int i = 0; i < spread.length; i++) {
                if (spread[i] > 0) {
                    addTo(sum, i, spread[i] * dot(i, scaled));
                }
            }
            double along = 0;
            for (int h = 0; h < width; h++) {
                product[h] += deviations[h] * sum[h];
                along += direction[h] * product[h];
            }
            double length = squares / along;
            for (int h = 0; h < width; h++) {
                x[h] += length * direction[h];
                residual[h] -= length * product[h];
            }
            double next = squares(residual);
            for (int h = 0; h < width; h++) {
                direction[h] = residual[h] + next / squares * direction[h];
            }
            squares = next;
        }
        for (int h = 0; h < width; h++) {
            x[h] *= deviations[h];
        }
        return x;
    }

    private static double squares(double[] vector) {
        return Arrays.stream(vector).map(value -> value * value).sum();
    }
}
