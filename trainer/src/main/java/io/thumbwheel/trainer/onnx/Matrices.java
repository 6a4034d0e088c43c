package io.thumbwheel.trainer.onnx;

import java.io.IOException;

/// How a graph multiplies by its matrices: what a precision is.
interface Matrices {

    /// Makes them for a graph.
    @FunctionalInterface
    interface Form {
        /// @param sink gets the matrices
        Matrices over(GraphNodes graph, WeightSink sink);
    }

    /// Where a product's rows come from; the rows of one kind have one shape.
    enum Rows {
        /// [tokens]: every one of the pass
        TOKENS,
        /// [rows]: the wanted ones
        WANTED
    }

    /// `input` [rows, in] times the transpose of `weight` [out, in].
    ///
    /// @param name of the product [rows, out]
    /// @return `name`
    String product(String name, String input, Rows rows, float[] weight, int out)
            throws IOException;

    /// The output head, likewise.
    ///
    /// @param embedding the tensor [vocab, hidden] in the graph
    /// @param tied whether that is the head
    /// @param weight the head's values [vocab, hidden]
    String head(
            String name, String input, String embedding, boolean tied, float[] weight, int vocab)
            throws IOException;
}
