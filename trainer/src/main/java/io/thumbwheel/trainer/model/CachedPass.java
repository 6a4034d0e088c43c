package io.thumbwheel.trainer.model;

import java.util.List;

/// A policy's forward pass over rows that grow by a token at a time, with a KV cache. Rows are
/// padded on the right: a row's own positions begin at 0 and its answer overwrites the padding in
/// the cache.
interface CachedPass extends AutoCloseable {
    /// Opens it for the weights that the policy has now. On the CPU ONNX Runtime computes, as in
    /// serving, where it has the operators and memory of this size can be addressed: on AVX-512 its
    /// products of few rows are twice as fast as PyTorch's. Elsewhere PyTorch does.
    ///
    /// @param rows most rows
    /// @param longest positions of the longest row
    static CachedPass open(Llama policy, int rows, int longest) {
        return BatchPass.takes(policy, rows, longest)
                ? new BatchPass(policy, rows, longest)
                : new TorchPass(policy, longest);
    }

    /// What was drawn for each row: its most probable token at temperature 0.
    ///
    /// @param ids [rows]
    /// @param logProbs at the temperature drawn with, or at 1 instead of 0 [rows]
    record Drawn(long[] ids, float[] logProbs) {}

    /// Reads prompts into further rows, behind those that are there, and draws what comes next for
    /// the new ones.
    ///
    /// @param uniform in [0, 1): of the cumulative distribution, the token at it is drawn [rows]
    /// @param temperature divides the logits
    Drawn read(List<List<Integer>> prompts, double[] uniform, double temperature);

    /// Appends a token to each row and draws what comes next.
    ///
    /// @param tokens [rows]
    /// @param positions where each stands in its row [rows]
    Drawn append(long[] tokens, long[] positions, double[] uniform, double temperature);

    /// Lets go all rows but these, which move up.
    ///
    /// @param rows ascending
    void keep(int[] rows);

    @Override
    void close();
}
