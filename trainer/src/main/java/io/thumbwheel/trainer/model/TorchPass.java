package io.thumbwheel.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// A cached pass by the trainer's own kernels, on any device. Owns the cache.
final class TorchPass implements CachedPass {
    private final Llama policy;
    private final Step memory;
    private final List<NDArray> fused;
    private final int longest;
    private List<NDArray> keys = List.of(); // [rows, kvHeads, longest, headDim] each
    private List<NDArray> values = List.of(); // [rows, kvHeads, longest, headDim] each

    TorchPass(Llama policy, int longest) {
        this.policy = policy;
        this.longest = longest;
        memory = Step.open(policy.manager());
        fused = policy.fused();
    }

    private List<NDArray> cache(int rows) {
        Shape size =
                new Shape(
                        rows, policy.config().keyValueHeads(), longest, policy.config().headDim());
        return IntStream.range(0, policy.config().layers())
                .mapToObj(_ -> memory.manager().zeros(size, DataType.FLOAT32))
                .toList();
    }

    @Override
    public Drawn read(List<List<Integer>> prompts, double[] uniform, double temperature) {
        int batch = prompts.size();
        int seq = prompts.stream().mapToInt(List::size).max().orElseThrow();
        long[] tokens = new long[batch * seq];
        long[] last = new long[batch];
        for (int row = 0; row < batch; row++) {
            List<Integer> prompt = prompts.get(row);
            last[row] = prompt.size() - 1;
            for (int t = 0; t < prompt.size(); t++) {
                tokens[row * seq + t] = prompt.get(t);
            }
        }
        List<NDArray> newKeys = cache(batch);
        List<NDArray> newValues = cache(batch);
        Drawn drawn;
        try (Step step = Step.open(memory.manager())) {
            NDList arguments =
                    new NDList(
                            step.manager().create(tokens, new Shape(batch, seq)),
                            step.manager().create(last));
            NDArray logits = logits("prefill", arguments, newKeys, newValues);
            drawn = draw(step, logits, uniform, temperature);
        }
        keys = joined(keys, newKeys);
        values = joined(values, newValues);
        return drawn;
    }

    @Override
    public Drawn append(long[] tokens, long[] positions, double[] uniform, double temperature) {
        long longest = Arrays.stream(positions).max().orElseThrow() + 1;
        try (Step step = Step.open(memory.manager())) {
            NDList arguments =
                    new NDList(
                            step.manager().create(tokens),
                            step.manager().create(positions),
                            step.host().create(longest));
            return draw(step, logits("decode", arguments, keys, values), uniform, temperature);
        }
    }

    private static Drawn draw(Step step, NDArray logits, double[] uniform, double temperature) {
        NDList drawn =
                temperature == 0
                        ? TorchScript.call("greedy", new NDList(logits))
                        : TorchScript.call(
                                "draw",
                                new NDList(
                                        logits,
                                        step.manager().create(uniform),
                                        step.manager().create(temperature)));
        return new Drawn(drawn.get(0).toLongArray(), drawn.get(1).toFloatArray());
    }

    private NDArray logits(
            String function, NDList arguments, List<NDArray> keys, List<NDArray> values) {
        policy.addContext(arguments);
        TorchScript.addList(arguments, "fused", fused);
        TorchScript.addList(arguments, "keys", keys);
        TorchScript.addList(arguments, "values", values);
        NDArray hidden = TorchScript.call(function, arguments).get(0); // [rows, hidden]
        NDArray head = Llama.unnamed(policy.head());
        return TorchScript.call("head", new NDList(hidden, policy.shape(), head)).get(0);
    }

    @Override
    public void keep(int[] rows) {
        try (NDArray index =
                memory.manager().create(Arrays.stream(rows).asLongStream().toArray())) {
            keys = keep(index, keys);
            values = keep(index, values);
        }
    }

    private static List<NDArray> joined(List<NDArray> before, List<NDArray> more) {
        if (before.isEmpty()) {
            return more;
        }
        List<NDArray> joined = new ArrayList<>();
        for (int layer = 0; layer < more.size(); layer++) {
            joined.add(Llama.unnamed(before.get(layer).concat(more.get(layer))));
            before.get(layer).close();
            more.get(layer).close();
        }
        return joined;
    }

    private static List<NDArray> keep(NDArray index, List<NDArray> tensors) {
        NDList arguments = new NDList(index);
        TorchScript.addList(arguments, "tensors", tensors);
        List<NDArray> kept = new ArrayList<>(TorchScript.call("keep", arguments));
        tensors.forEach(NDArray::close);
        kept.forEach(Llama::unnamed);
        return kept;
    }

    @Override
    public void close() {
        memory.close();
    }
}
