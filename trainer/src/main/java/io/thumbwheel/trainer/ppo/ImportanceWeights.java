package io.thumbwheel.trainer.ppo;

import java.util.List;

/// Truncated importance weights: sampler and trainer compute the same policy with different kernels
/// or precisions, so that a rollout is slightly off-policy. Each token's part of the surrogate is
/// weighed by `min(π(trainer) / π(sampler), cap)` (Yao et al., Your efficient RL framework secretly
/// brings you off-policy RL training, 2025). The surrogate is linear in positive factors of the
/// advantage, clipping included, so the advantages take the weight.
final class ImportanceWeights {
    private ImportanceWeights() {}

    /// Weighs the advantages in place.
    ///
    /// @param sampled log-probs as the sampler computed them, a microbatch each [tokens]
    /// @return all ratios before the cap
    static Ratios apply(List<Experience> experiences, List<float[]> sampled, double cap) {
        double sum = 0;
        double greatest = 0;
        long tokens = 0;
        for (int i = 0; i < experiences.size(); i++) {
            float[] advantages = experiences.get(i).advantages();
            float[] trained = experiences.get(i).oldLogProbs();
            float[] drawn = sampled.get(i);
            for (int t = 0; t < advantages.length; t++) {
                double ratio = Math.exp((double) trained[t] - drawn[t]);
                advantages[t] = (float) (advantages[t] * Math.min(cap, ratio));
                sum += ratio;
                greatest = Math.max(greatest, ratio);
            }
            tokens += advantages.length;
        }
        return new Ratios(sum / Math.max(1, tokens), greatest);
    }

    /// What the ratios were.
    record Ratios(double mean, double greatest) {}
}
