package io.thumbwheel.trainer.reward;

import java.util.Arrays;

/// Gain and bias that give a reward model mean 0 and standard deviation 1 on a fixed set of samples
/// of the reference policy, so that the KL coefficient keeps its meaning from one reward model to
/// the next (Ziegler et al., arXiv:1909.08593, section 2.1; code:
/// openai/lm-human-preferences@cbfd210, `train_reward.py`, `normalize_after`).
///
/// Departures: the raw spread has a floor, or a reward model that tells nothing apart would have
/// its noise blown up to a standard deviation of 1.
///
/// @param gain factor of the raw score
/// @param bias added after it
public record Normalisation(double gain, double bias) {

    /// Scores as they come.
    public static final Normalisation NONE = new Normalisation(1, 0);

    /// The normalisation of raw `scores` of the anchor set.
    ///
    /// @param spreadFloor least standard deviation that is divided by
    public static Normalisation of(double[] scores, double spreadFloor) {
        double mean = Arrays.stream(scores).average().orElseThrow();
        double variance =
                Arrays.stream(scores).map(s -> (s - mean) * (s - mean)).average().orElseThrow();
        double gain = 1 / Math.max(Math.sqrt(variance), spreadFloor);
        return new Normalisation(gain, -mean * gain);
    }

    /// The normalised score.
    public double apply(double score) {
        return gain * score + bias;
    }
}
