package io.thumbwheel.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.thumbwheel.schemas.artifact.Safetensors;
import io.thumbwheel.trainer.onnx.BatchGraph;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A cached pass by ONNX Runtime, on a copy of the weights.
final class BatchPass implements CachedPass {
    private final BatchGraph graph;
    private final int vocab;

    BatchPass(Llama policy, int rows, int longest) {
        Map<String, Safetensors.Tensor> weights = policy.tensors();
        vocab = policy.config().vocab();
        graph =
                new BatchGraph(
                        policy.config(),
                        (name, _, target) ->
                                target.put(Objects.requireNonNull(weights.get(name)).values()),
                        rows,
                        longest,
                        Threads.count());
    }

    static boolean takes(Llama policy, int rows, int longest) {
        return !policy.manager().getDevice().isGpu()
                && BatchGraph.takes(policy.config(), rows, longest);
    }

    @Override
    public NDArray start(Step step, List<List<Integer>> prompts) {
        return array(step, graph.start(prompts), prompts.size());
    }

    @Override
    public NDArray append(Step step, long[] tokens, long[] positions) {
        return array(step, graph.append(tokens, positions), tokens.length);
    }

    private NDArray array(Step step, ByteBuffer logits, int rows) {
        return step.manager().create(logits, new Shape(rows, vocab), DataType.FLOAT32);
    }

    @Override
    public void keep(int[] rows) {
        graph.keep(rows);
    }

    @Override
    public void close() {
        graph.close();
    }
}
