package io.thumbwheel.trainer.reward;

/// How a reward model is trained.
///
/// @param learningRate peak; linear warm-up over the first tenth, then linear to zero. InstructGPT
///   (arXiv:2203.02155, C.2) uses 9e-6 at 6B; a model of a few million parameters needs more
/// @param epochs at most 2: more over-fits (InstructGPT, section 3.5)
/// @param batchPairs pairs per update
/// @param weightDecay AdamW's
/// @param labelSmoothing ε: a vote is wrong with this probability (Wang et al., arXiv:2401.06080,
///   section 2.3)
/// @param evaluationsPerEpoch how often the validation raters are asked
/// @param clipNorm greatest gradient norm
/// @param spreadFloor least raw standard deviation on the anchor set that is scaled up to 1
/// @param requiredAccuracy what the lower bound of the accuracy on raters that the model did not
///   see must exceed before PPO may begin: the other reward model's, and its own by
///   cross-validation
/// @param thumbWeight factor of the loss of a thumb that nobody paired with another; 0 leaves
///   thumbs out
/// @param ensemble reward models that are trained and asked together; 1 is a single one (4 to 5:
///   Coste et al., arXiv:2310.02743, section 5)
/// @param varianceWeight λ: by how much what an ensemble disagrees on is worth less
/// @param frozenLayers lower layers that stay the body's, with its embedding; 0: all layers learn
/// @param lengthFree whether what an answer's length says is taken off its score
/// @param surface whether words, repetition and length speak beside the network ([Surface])
public record RewardConfig(
        double learningRate,
        int epochs,
        int batchPairs,
        double weightDecay,
        double labelSmoothing,
        int evaluationsPerEpoch,
        double clipNorm,
        double spreadFloor,
        double requiredAccuracy,
        double thumbWeight,
        int ensemble,
        double varianceWeight,
        int frozenLayers,
        boolean lengthFree,
        boolean surface) {
    public RewardConfig {
        if (!(learningRate > 0 && batchPairs > 0 && evaluationsPerEpoch > 0 && clipNorm > 0)) {
            throw new IllegalArgumentException(
                    "learning rate, pairs per batch, evaluations per epoch and clip norm must be"
                            + " above 0");
        }
        if (epochs < 1 || epochs > 2) {
            throw new IllegalArgumentException(
                    "a reward model is trained for 1 or 2 epochs, got " + epochs);
        }
        if (!(labelSmoothing >= 0 && labelSmoothing < 0.5)) {
            throw new IllegalArgumentException(
                    "label smoothing must be in [0, 0.5), got " + labelSmoothing);
        }
        if (!(spreadFloor > 0 && requiredAccuracy >= 0 && requiredAccuracy < 1)) {
            throw new IllegalArgumentException(
                    "spread floor must be above 0 and the required accuracy in [0, 1)");
        }
        if (!(thumbWeight >= 0)) {
            throw new IllegalArgumentException(
                    "the weight of a thumb must be at least 0, got " + thumbWeight);
        }
        if (frozenLayers < 0) {
            throw new IllegalArgumentException(
                    "frozen layers cannot be negative, got " + frozenLayers);
        }
        if (ensemble < 1 || !(varianceWeight >= 0)) {
            throw new IllegalArgumentException(
                    "an ensemble has at least 1 member and its variance a weight of at least 0, got %d and %s"
                            .formatted(ensemble, varianceWeight));
        }
    }

    /// The same with so many epochs.
    public RewardConfig training(int epochs) {
        return new RewardConfig(
                learningRate,
                epochs,
                batchPairs,
                weightDecay,
                labelSmoothing,
                evaluationsPerEpoch,
                clipNorm,
                spreadFloor,
                requiredAccuracy,
                thumbWeight,
                ensemble,
                varianceWeight,
                frozenLayers,
                lengthFree,
                surface);
    }

    /// The defaults for a policy of a few million parameters.
    public static RewardConfig standard() {
        return new RewardConfig(5e-5, 2, 32, 0.01, 0, 2, 1, 0.05, 0.52, 0, 1, 0.5, 0, false, true);
    }
}
