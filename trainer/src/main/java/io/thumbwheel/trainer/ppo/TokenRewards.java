package io.thumbwheel.trainer.ppo;

/// The rewards of an answer's tokens: `r_t = −β (log π(y_t) − log π_ref(y_t))`, plus the score on
/// the last real token (Ziegler et al., arXiv:1909.08593, eq. 2; Stiennon et al., arXiv:2009.01325,
/// section 3.4).
///
/// Departures: the score stands on the last real token and not on the first padding slot after it,
/// so that one set of tokens serves log-probs, values and rewards alike.
final class TokenRewards {

    private TokenRewards() {}

    /// The rewards [response].
    ///
    /// @param logProbs of the policy that sampled [response]
    /// @param refLogProbs of the reference policy [response]
    static float[] of(float[] logProbs, float[] refLogProbs, double score, double klCoefficient) {
        float[] rewards = new float[logProbs.length];
        for (int t = 0; t < rewards.length; t++) {
            rewards[t] = (float) (-klCoefficient * ((double) logProbs[t] - refLogProbs[t]));
        }
        if (rewards.length > 0) {
            rewards[rewards.length - 1] += (float) score;
        }
        return rewards;
    }

    /// Σ_t (log π − log π_ref): the k1 estimate of KL(π ‖ π_ref) of one answer, in nats.
    static double kl(float[] logProbs, float[] refLogProbs) {
        double sum = 0;
        for (int t = 0; t < logProbs.length; t++) {
            sum += (double) logProbs[t] - refLogProbs[t];
        }
        return sum;
    }
}
