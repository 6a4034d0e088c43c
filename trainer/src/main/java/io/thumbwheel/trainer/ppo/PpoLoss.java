package io.thumbwheel.trainer.ppo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import io.thumbwheel.trainer.model.Scale;

/// The losses of proximal policy optimization, summed over the tokens of a microbatch and divided
/// by the tokens of the whole update: a token counts the same in whatever microbatch it stands.
final class PpoLoss {

    /// Keeps exp finite; a ratio this far out is clipped anyway.
    private static final double MAX_LOG_RATIO = 20;

    private PpoLoss() {}

    /// Clipped surrogate: Schulman et al., arXiv:1707.06347, eq. 7, as a loss: `max(−A ρ, −A
    /// clip(ρ, 1 − ε, 1 + ε))`, and for A < 0 at most `c · |A|` (dual clip: Ye et al.,
    /// arXiv:1912.09729, eq. 5), with `ρ = exp(log π − log π_old)`.
    ///
    /// @param logProbs differentiable [tokens]
    /// @param oldLogProbs [tokens]
    /// @param advantages [tokens]
    /// @param updateTokens tokens of the whole update
    /// @return []
    static NDArray policy(
            NDArray logProbs,
            float[] oldLogProbs,
            float[] advantages,
            long updateTokens,
            PpoConfig config) {
        NDManager manager = logProbs.getManager();
        float[] losses = new float[advantages.length];
        float[] caps = new float[advantages.length];
        for (int t = 0; t < losses.length; t++) {
            losses[t] = -advantages[t];
            caps[t] =
                    advantages[t] < 0
                            ? (float) (-config.dualClip() * advantages[t])
                            : Float.MAX_VALUE;
        }
        NDArray negated = manager.create(losses); // [tokens]
        NDArray ratio =
                logProbs.sub(manager.create(oldLogProbs))
                        .clip(-MAX_LOG_RATIO, MAX_LOG_RATIO)
                        .exp(); // [tokens]
        NDArray clipped = ratio.clip(1 - config.clip(), 1 + config.clip()); // [tokens]
        NDArray surrogate = NDArrays.maximum(ratio.mul(negated), clipped.mul(negated)); // [tokens]
        return Scale.over(NDArrays.minimum(surrogate, manager.create(caps)).sum(), updateTokens);
    }

    /// KL(π ‖ π_ref) as a loss: `exp(d) − 1 − d` with `d = log π_ref − log π`, never below 0 (Shao
    /// et al., arXiv:2402.03300, eq. 4; "k3").
    ///
    /// @param logProbs differentiable [tokens]
    /// @param refLogProbs [tokens]
    /// @return []
    static NDArray kl(NDArray logProbs, float[] refLogProbs, long updateTokens) {
        NDArray difference =
                logProbs.getManager()
                        .create(refLogProbs)
                        .sub(logProbs)
                        .clip(-MAX_LOG_RATIO, MAX_LOG_RATIO); // [tokens]
        return Scale.over(difference.exp().sub(1).sub(difference).sum(), updateTokens);
    }

    /// Clipped value loss: Huang et al., arXiv:2403.17031, detail 19: `½ max((V − R)², (clip(V,
    /// V_old − ε, V_old + ε) − R)²)`.
    ///
    /// @param values differentiable [tokens]
    /// @param oldValues [tokens]
    /// @param returns [tokens]
    /// @return []
    static NDArray value(
            NDArray values,
            float[] oldValues,
            float[] returns,
            long updateTokens,
            PpoConfig config) {
        NDManager manager = values.getManager();
        NDArray old = manager.create(oldValues); // [tokens]
        NDArray target = manager.create(returns); // [tokens]
        NDArray clipped =
                old.add(values.sub(old).clip(-config.valueClip(), config.valueClip())); // [tokens]
        NDArray error = values.sub(target).square(); // [tokens]
        NDArray clippedError = clipped.sub(target).square(); // [tokens]
        return Scale.over(Scale.by(NDArrays.maximum(error, clippedError).sum(), 0.5), updateTokens);
    }
}
