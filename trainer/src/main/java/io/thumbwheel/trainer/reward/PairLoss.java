package io.thumbwheel.trainer.reward;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import io.thumbwheel.trainer.model.Scale;

/// The Bradley-Terry loss of a pair with ties and label noise: with Δ = r_a − r_b and t the
/// probability that a is better, `−t log σ(Δ) − (1 − t) log σ(−Δ)` (Stiennon et al.,
/// arXiv:2009.01325, eq. 1, where t is 1). A tie has t = 0.5; smoothing by ε makes t into `t (1 −
/// ε) + (1 − t) ε` (Wang et al., arXiv:2401.06080, section 2.3).
public final class PairLoss {

    private PairLoss() {}

    /// The target after smoothing.
    public static double smoothed(double target, double smoothing) {
        return target * (1 - smoothing) + (1 - target) * smoothing;
    }

    /// The loss of one pair.
    static double of(double difference, double target) {
        return target * softPlus(-difference) + (1 - target) * softPlus(difference);
    }

    /// Weighted losses over the sum of weights [].
    ///
    /// @param difference r_a − r_b, differentiable [pairs]
    public static NDArray of(NDArray difference, float[] targets, float[] weights) {
        double total = 0;
        float[] first = new float[weights.length];
        float[] second = new float[weights.length];
        for (int i = 0; i < weights.length; i++) {
            total += weights[i];
            first[i] = weights[i] * targets[i];
            second[i] = weights[i] * (1 - targets[i]);
        }
        NDArray lossOfA =
                Activation.softPlus(difference.neg())
                        .mul(difference.getManager().create(first)); // [pairs]
        NDArray lossOfB =
                Activation.softPlus(difference)
                        .mul(difference.getManager().create(second)); // [pairs]
        return Scale.over(lossOfA.add(lossOfB).sum(), Math.max(total, 1e-8));
    }

    private static double softPlus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
}
