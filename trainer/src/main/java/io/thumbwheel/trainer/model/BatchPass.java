package io.thumbwheel.trainer.model;

import io.thumbwheel.schemas.artifact.Safetensors;
import io.thumbwheel.trainer.onnx.BatchGraph;
import java.nio.FloatBuffer;
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
    public Drawn read(List<List<Integer>> prompts, double[] uniform, double temperature) {
        return draw(graph.read(prompts, atLeast(temperature)), uniform, temperature);
    }

    @Override
    public Drawn append(long[] tokens, long[] positions, double[] uniform, double temperature) {
        return draw(graph.append(tokens, positions, atLeast(temperature)), uniform, temperature);
    }

    private static double atLeast(double temperature) {
        return temperature == 0 ? 1 : temperature;
    }

    private Drawn draw(FloatBuffer probabilities, double[] uniform, double temperature) {
        Drawn drawn = new Drawn(new long[uniform.length], new float[uniform.length]);
        for (int row = 0; row < uniform.length; row++) {
            int begin = row * vocab;
            int at =
                    temperature == 0
                            ? mostProbable(probabilities, begin)
                            : at(uniform[row], probabilities, begin);
            drawn.ids()[row] = at - begin;
            drawn.logProbs()[row] = (float) Math.log(probabilities.get(at));
        }
        return drawn;
    }

    private int mostProbable(FloatBuffer probabilities, int begin) {
        int best = begin;
        for (int at = begin; at < begin + vocab; at++) {
            best = probabilities.get(at) > probabilities.get(best) ? at : best;
        }
        return best;
    }

    /// Where the sum exceeds `uniform`; rounding may leave the whole sum a little below 1, and then
    /// it is the last that is possible.
    private int at(double uniform, FloatBuffer probabilities, int begin) {
        double sum = 0;
        int possible = begin;
        for (int at = begin; at < begin + vocab; at++) {
            float probability = probabilities.get(at);
            sum += probability;
            if (sum > uniform) {
                return at;
            }
            possible = probability > 0 ? at : possible;
        }
        return possible;
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
