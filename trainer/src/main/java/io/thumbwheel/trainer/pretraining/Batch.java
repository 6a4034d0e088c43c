package io.thumbwheel.trainer.pretraining;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/// Rows to learn from: inputs, and what follows each of them.
///
/// @param rows number of rows
/// @param seq number of positions
/// @param inputs [rows * seq]
/// @param targets [rows * seq]; -100 where nothing is to be predicted
/// @param counted how many targets count
public record Batch(int rows, int seq, long[] inputs, long[] targets, int counted) {
    /// What PyTorch's cross-entropy leaves out.
    public static final long IGNORED = -100;

    /// All that is not padding counts.
    static Batch of(List<int[]> rows, int padId) {
        int seq = rows.getFirst().length - 1;
        long[] inputs = new long[rows.size() * seq];
        long[] targets = new long[rows.size() * seq];
        int counted = 0;
        for (int row = 0; row < rows.size(); row++) {
            int[] ids = rows.get(row);
            for (int t = 0; t < seq; t++) {
                inputs[row * seq + t] = ids[t];
                boolean padding = ids[t + 1] == padId;
                targets[row * seq + t] = padding ? IGNORED : ids[t + 1];
                counted += padding ? 0 : 1;
            }
        }
        return new Batch(rows.size(), seq, inputs, targets, counted);
    }

    /// [rows, seq]
    public NDArray inputs(NDManager manager) {
        return manager.create(inputs, new Shape(rows, seq));
    }

    /// [rows, seq]
    public NDArray targets(NDManager manager) {
        return manager.create(targets, new Shape(rows, seq));
    }
}
