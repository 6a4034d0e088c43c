package io.thumbwheel.trainer.ppo;

/// What a candidate must show before it may serve.
///
/// @param prompts held-out prompts that both policies answer, at least
/// @param minWinRateVsReference what the lower bound of the judge's win rate over r0 must exceed
/// @param minWinRateVsServing what it must exceed over the serving release
/// @param maxKl nats per answer away from r0
/// @param minDistinct2Share distinct-2 as a share of r0's
/// @param minLengthShare mean length as a share of r0's, at least
/// @param maxLengthShare and at most
/// @param minEosShare share of answers that end by themselves, as a share of r0's
public record GateConfig(
        int prompts,
        double minWinRateVsReference,
        double minWinRateVsServing,
        double maxKl,
        double minDistinct2Share,
        double minLengthShare,
        double maxLengthShare,
        double minEosShare) {
    public GateConfig {
        if (prompts < 1 || !(maxKl > 0)) {
            throw new IllegalArgumentException(
                    "the gate needs prompts and a KL limit above 0, got %d and %s"
                            .formatted(prompts, maxKl));
        }
    }

    /// The defaults.
    public static GateConfig standard() {
        return new GateConfig(256, 0.5, 0.45, 10, 0.75, 0.5, 2, 0.8);
    }
}
