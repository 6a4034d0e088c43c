package io.thumbwheel.trainer.model;

import ai.djl.ndarray.NDArray;
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
                : new TorchPass(policy, rows, longest);
    }

    /// Reads the rows' prompts.
    ///
    /// @return logits after each [rows, vocab], the step's; valid until the next pass
    NDArray start(Step step, List<List<Integer>> prompts);

    /// Appends a token to each row.
    ///
    /// @param tokens [rows]
    /// @param positions where each stands in its row [rows]
    /// @return logits after each [rows, vocab], the step's; valid until the next pass
    NDArray append(Step step, long[] tokens, long[] positions);

    /// Lets go all rows but these, which move up.
    ///
    /// @param rows ascending
    void keep(int[] rows);

    @Override
    void close();
}
