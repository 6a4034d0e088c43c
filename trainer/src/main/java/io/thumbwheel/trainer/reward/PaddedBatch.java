package io.thumbwheel.trainer.reward;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Answers as one right-padded matrix, trimmed to the longest, and where their tokens stand in it.
/// Causal attention lets no padding reach a real token.
///
/// Positions are flat: row · seq + column.
///
/// @param rows answers
/// @param seq columns
/// @param tokenIds [rows · seq]
/// @param lastPositions of the last real token of each answer [rows]
/// @param beforePositions of the token before each response token, where it is predicted [tokens]
/// @param responseIds the response tokens, answer after answer [tokens]
public record PaddedBatch(
        int rows,
        int seq,
        long[] tokenIds,
        long[] lastPositions,
        long[] beforePositions,
        long[] responseIds) {

    /// The matrix of `answers`.
    public static PaddedBatch of(List<Answer> answers, int padId) {
        int rows = answers.size();
        int seq = answers.stream().mapToInt(Answer::length).max().orElseThrow();
        int tokens = answers.stream().mapToInt(a -> a.responseIds().size()).sum();
        long[] ids = new long[rows * seq];
        long[] last = new long[rows];
        long[] before = new long[tokens];
        long[] targets = new long[tokens];
        int token = 0;
        for (int row = 0; row < rows; row++) {
            List<Integer> sequence = answers.get(row).tokenIds();
            int start = row * seq;
            for (int column = 0; column < seq; column++) {
                ids[start + column] = column < sequence.size() ? sequence.get(column) : padId;
            }
            last[row] = start + sequence.size() - 1;
            for (int t = answers.get(row).promptIds().size(); t < sequence.size(); t++) {
                before[token] = start + t - 1;
                targets[token] = sequence.get(t);
                token++;
            }
        }
        return new PaddedBatch(rows, seq, ids, last, before, targets);
    }

    /// Indices of the answers, at most `rows` together, answers of like length: padding costs as
    /// much as what is said.
    static List<List<Integer>> byLength(List<Answer> answers, int rows) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingInt(i -> answers.get(i).length()));
        List<List<Integer>> batches = new ArrayList<>();
        for (int from = 0; from < order.size(); from += rows) {
            batches.add(order.subList(from, Math.min(from + rows, order.size())));
        }
        return batches;
    }

    /// Response tokens of all rows.
    public int tokens() {
        return responseIds.length;
    }

    /// 1 at response tokens, 0 at prompt and padding [batch, seq], owned by `manager`.
    public NDArray response(NDManager manager) {
        float[] response = new float[rows * seq];
        for (long before : beforePositions) {
            response[Math.toIntExact(before) + 1] = 1;
        }
        return manager.create(response, new Shape(rows, seq));
    }

    /// The token ids [batch, seq], owned by `manager`.
    public NDArray tokens(NDManager manager) {
        return manager.create(tokenIds, new Shape(rows, seq));
    }
}
