package io.thumbwheel.trainer.ppo;

import io.thumbwheel.trainer.reward.HalfLife;
import io.thumbwheel.trainer.reward.RewardConfig;
import java.util.List;
import java.util.Objects;

/// How a refresh runs.
///
/// @param reward training of coach and judge
/// @param ppo policy optimization
/// @param gate what a candidate must show
/// @param anchors samples of the reference policy that normalise the reward models (256:
///   arXiv:1909.08593's code)
/// @param goldPairs decided comparisons of test raters that are needed before the gold set is
///   frozen; of 100, on 20 of which two reward models disagree, the one that is right on 9 fewer
///   loses
/// @param halfLife age at which an opinion that trains weighs half of the newest
/// @param klTargets nats per answer for the first, second, ... refresh; the last one holds on
public record RefreshConfig(
        RewardConfig reward,
        PpoConfig ppo,
        GateConfig gate,
        int anchors,
        int goldPairs,
        HalfLife halfLife,
        List<Double> klTargets) {
    public RefreshConfig {
        Objects.requireNonNull(halfLife, "halfLife is a duration such as P30D, or none");
        klTargets = List.copyOf(klTargets);
        if (anchors < 2 || klTargets.isEmpty()) {
            throw new IllegalArgumentException(
                    "a refresh needs at least 2 anchors and one KL target, got %d and %s"
                            .formatted(anchors, klTargets));
        }
        if (ppo.estimator().critic() && reward.frozenLayers() < ppo.frozenLayers()) {
            throw new IllegalArgumentException(
                    "the value model begins as the reward model, so reward.frozenLayers must be at least ppo.frozenLayers, got %d and %d"
                            .formatted(reward.frozenLayers(), ppo.frozenLayers()));
        }
        if (goldPairs < 1) {
            throw new IllegalArgumentException(
                    "the gold set needs at least 1 comparison, got goldPairs " + goldPairs);
        }
    }

    /// The defaults. Reward models see their opinions once: with a few hundred pairs beside a
    /// surface a second epoch gains next to nothing.
    public static RefreshConfig standard() {
        return new RefreshConfig(
                RewardConfig.standard().training(1),
                PpoConfig.standard(),
                GateConfig.standard(),
                256,
                100,
                HalfLife.NONE,
                List.of(3.0, 5.0, 7.0));
    }

    /// The KL target of the refresh with this number, from 1.
    public double klTarget(int ordinal) {
        return klTargets.get(Math.min(ordinal, klTargets.size()) - 1);
    }
}
