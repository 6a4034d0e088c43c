package io.thumbwheel.trainer.preference;

/// How a policy learns from opinions directly.
///
/// @param objective what is minimised
/// @param beta scale of the log-ratio to the reference policy, 0.1 in DPO's paper; unused by SFT
/// @param epochs passes over the data
/// @param batch comparisons, thumbs or chosen answers of an update
/// @param learningRate peak: a tenth of the updates to rise, then a line to 0
/// @param labelSmoothing share of the comparisons taken to be mistaken (DPO)
/// @param clipNorm greatest gradient norm
/// @param checkpointEvery updates between checkpoints
public record PreferenceConfig(
        Objective objective,
        double beta,
        int epochs,
        int batch,
        double learningRate,
        double labelSmoothing,
        double clipNorm,
        int checkpointEvery) {
    public PreferenceConfig {
        if (!(beta > 0 && learningRate > 0 && clipNorm > 0) || epochs < 1 || batch < 2) {
            throw new IllegalArgumentException(
                    "beta, learning rate and clip norm must be above 0, epochs at least 1 and batch at least 2, got %s, %s, %s, %d and %d"
                            .formatted(beta, learningRate, clipNorm, epochs, batch));
        }
        if (checkpointEvery < 1) {
            throw new IllegalArgumentException(
                    "checkpointEvery must be above 0, got " + checkpointEvery);
        }
        if (!(labelSmoothing >= 0 && labelSmoothing < 0.5)) {
            throw new IllegalArgumentException(
                    "label smoothing must be in [0, 0.5), got " + labelSmoothing);
        }
    }

    /// The defaults of an objective for a policy of a few million parameters.
    public static PreferenceConfig standard(Objective objective) {
        return new PreferenceConfig(objective, 0.1, 1, 32, 5e-5, 0, 1, 50);
    }
}
