package io.thumbwheel.trainer.onnx;

import static io.thumbwheel.trainer.onnx.GraphNodes.ONNX;
import static io.thumbwheel.trainer.onnx.GraphNodes.attribute;

import java.io.IOException;
import java.util.List;

/// Products in fp32; a tied head is the embedding itself.
final class FloatMatrices implements Matrices {
    private final GraphNodes graph;
    private final WeightSink sink;

    FloatMatrices(GraphNodes graph, WeightSink sink) {
        this.graph = graph;
        this.sink = sink;
    }

    @Override
    public String product(String name, String input, Rows rows, float[] weight, int out)
            throws IOException {
        int in = weight.length / out;
        String transposed =
                graph.weight(sink.write(name + ".weight", transposed(weight, out, in), in, out));
        return graph.node(ONNX, "MatMul", List.of(input, transposed), name);
    }

    @Override
    public String head(
            String name, String input, String embedding, boolean tied, float[] weight, int vocab)
            throws IOException {
        String head =
                tied
                        ? embedding
                        : graph.weight(sink.write("head", weight, vocab, weight.length / vocab));
        return graph.node(ONNX, "Gemm", List.of(input, head), name, attribute("transB", 1));
    }

    private static float[] transposed(float[] matrix, int rows, int columns) {
        float[] transposed = new float[matrix.length]; // [columns, rows]
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[column * rows + row] = matrix[row * columns + column];
            }
        }
        return transposed;
    }
}
