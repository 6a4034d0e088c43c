package io.thumbwheel.trainer.reward;

import java.util.Arrays;
import java.util.List;

/// Gain and bias that give a reward model mean 0 and standard deviation 1 on a fixed set of samples
/// of the reference policy, so that the KL coefficient keeps its meaning from one reward model to
/// the next (Ziegler et al., arXiv:1909.08593, section 2.1; code:
/// openai/lm-human-preferences@cbfd210, `train_reward.py`, `normalize_after`).
///
/// With a slope, what an answer's length says of its raw score is taken off first: `r − s (length −
/// mean length)`. Up to nine tenths of what PPO gains by a reward model is length (Singhal et al.,
/// arXiv:2310.03716, section 3).
///
/// Departures: the raw spread has a floor, or a reward model that tells nothing apart would have
/// its noise blown up to a standard deviation of 1.
///
/// @param gain factor of the raw score
/// @param bias added after it
/// @param lengthSlope raw score per token of the answer; 0 leaves length in
/// @param meanLength tokens of an answer of the anchor set
public record Normalisation(double gain, double bias, double lengthSlope, double meanLength) {

    /// Scores as they come.
    public static final Normalisation NONE = new Normalisation(1, 0);

    /// A normalisation that knows no length.
    public Normalisation(double gain, double bias) {
        this(gain, bias, 0, 0);
    }

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

    /// The normalisation that takes length off by the least-squares slope on the anchor set, which
    /// then does not correlate with it.
    ///
    /// @param answers the anchor set, in the order of the scores
    public static Normalisation lengthFree(
            double[] scores, List<Answer> answers, double spreadFloor) {
        double[] lengths = answers.stream().mapToDouble(one -> one.responseIds().size()).toArray();
        double meanLength = Arrays.stream(lengths).average().orElseThrow();
        double meanScore = Arrays.stream(scores).average().orElseThrow();
        double together = 0;
        double spread = 0;
        for (int i = 0; i < scores.length; i++) {
            together += (lengths[i] - meanLength) * (scores[i] - meanScore);
            spread += (lengths[i] - meanLength) * (lengths[i] - meanLength);
        }
        Normalisation length =
                new Normalisation(1, 0, spread == 0 ? 0 : together / spread, meanLength);
        double[] rest = new double[scores.length];
        for (int i = 0; i < rest.length; i++) {
            rest[i] = length.withoutLength(scores[i], answers.get(i));
        }
        Normalisation scale = of(rest, spreadFloor);
        return new Normalisation(scale.gain, scale.bias, length.lengthSlope, meanLength);
    }

    /// The normalised score.
    public double apply(double score) {
        return gain * score + bias;
    }

    /// The normalised score of an answer.
    double apply(double score, Answer answer) {
        return apply(withoutLength(score, answer));
    }

    /// The raw score less what the answer's length says of it.
    double withoutLength(double score, Answer answer) {
        return score - lengthSlope * (answer.responseIds().size() - meanLength);
    }

    /// This one after another, which knows no length.
    Normalisation after(Normalisation first) {
        return new Normalisation(gain * first.gain, gain * first.bias + bias);
    }
}
