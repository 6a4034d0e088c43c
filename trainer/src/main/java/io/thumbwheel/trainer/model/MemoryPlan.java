package io.thumbwheel.trainer.model;

import io.thumbwheel.schemas.artifact.ModelConfig;
import io.thumbwheel.schemas.artifact.TensorNames;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What a run will hold at once, before it starts: a learner has weights, gradients and two moments
/// of four bytes each, a frozen model its weights; activations are those of one forward pass that
/// goes backward.
///
/// @param learners models that learn
/// @param frozen models that do not
/// @param learning bytes of the learners
/// @param resting bytes of the frozen models
/// @param activations bytes, estimated
public record MemoryPlan(int learners, int frozen, long learning, long resting, long activations) {
    private static final int BYTES = 4;

    /// Weights, gradients, first and second moments.
    private static final int OF_A_LEARNER = 4;

    /// Values of hidden width that a layer keeps for the backward pass: two norms, queries, keys,
    /// values, their rotation, attention's output and projection, two residual sums.
    private static final int KEPT_HIDDEN = 10;

    /// Values of feed-forward width: gate, its SiLU, up, their product.
    private static final int KEPT_FFN = 4;

    /// Logits, their softmax and its gradient.
    private static final int KEPT_VOCAB = 3;

    /// A plan in which all layers learn.
    public static MemoryPlan of(
            ModelConfig config, int learners, int frozen, long rows, long seq, long predicted) {
        return of(config, 0, learners, frozen, rows, seq, predicted);
    }

    /// A plan.
    ///
    /// @param config of all models
    /// @param frozenLayers of the learners, the embedding with them; they need no gradients, no
    ///   moments and no activations but their last one
    /// @param learners models that learn at once
    /// @param frozen models besides, copies of the weights included
    /// @param rows of the largest batch that goes backward
    /// @param seq its columns
    /// @param predicted positions at which it computes the output head
    public static MemoryPlan of(
            ModelConfig config,
            int frozenLayers,
            int learners,
            int frozen,
            long rows,
            long seq,
            long predicted) {
        long weights = config.parameters() * BYTES;
        long still = frozenLayers == 0 ? 0 : lower(config, frozenLayers) * BYTES;
        long layer =
                (long) KEPT_HIDDEN * config.hidden()
                        + (long) KEPT_FFN * config.ffn()
                        + (long) config.heads() * seq;
        long activations =
                BYTES
                        * (rows * seq * (config.layers() - frozenLayers) * layer
                                + (frozenLayers == 0 ? 0 : rows * seq * config.hidden())
                                + predicted * KEPT_VOCAB * config.vocab());
        return new MemoryPlan(
                learners,
                frozen,
                (OF_A_LEARNER * weights - (OF_A_LEARNER - 1) * still) * learners,
                weights * frozen,
                activations);
    }

    /// Weights of the embedding and of the first layers.
    private static long lower(ModelConfig config, int layers) {
        long sum = 0;
        for (Map.Entry<String, List<Long>> tensor : TensorNames.shapes(config).entrySet()) {
            if (tensor.getKey().startsWith("model.layers." + layers + ".")) {
                return sum;
            }
            sum += tensor.getValue().stream().reduce(1L, Math::multiplyExact);
        }
        return sum;
    }

    /// All bytes.
    public long total() {
        return learning + resting + activations;
    }

    /// The plan for people, beside what the device has left.
    ///
    /// @throws IllegalArgumentException where it is more than that; says what to make smaller
    public String line(ComputeDevice device) {
        return line(device.toString(), device.available());
    }

    String line(String device, long available) {
        String plan =
                "memory: %d learning %s, %d frozen %s, activations about %s; together %s of %s available on %s"
                        .formatted(
                                learners,
                                megabytes(learning),
                                frozen,
                                megabytes(resting),
                                megabytes(activations),
                                megabytes(total()),
                                megabytes(available),
                                device);
        if (total() > available) {
            throw new IllegalArgumentException(
                    plan
                            + ": it cannot fit; take smaller batches, a smaller model, or a machine with more memory");
        }
        return plan;
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%,.0f MB", bytes / 1e6);
    }
}
