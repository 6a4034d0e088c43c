package io.thumbwheel.trainer.ppo;

/// What a candidate must show before it may serve.
///
/// @param answers of each policy to held-out prompts, at least; several to each prompt where there
///   are fewer prompts
/// @param minWinRateVsReference what the lower bound of the judge's win rate over r0 must exceed
/// @param minWinRateVsServing what it must exceed over the serving release
/// @param maxKl nats per answer away from r0
/// @param minDistinct2Share distinct-2 as a share of r0's
/// @param minLengthShare mean length as a share of r0's, at least
/// @param maxLengthShare and at most
/// @param minEosShare share of answers that end by themselves, as a share of r0's
public record GateConfig(
        int answers,
        double minWinRateVsReference,
        double minWinRateVsServing,
        double maxKl,
        double minDistinct2Share,
        double minLengthShare,
        double maxLengthShare,
        double minEosShare) {
    public GateConfig {
        if (answers < 1 || !(maxKl > 0)) {
            throw new IllegalArgumentException(
                    "the gate needs answers and a KL limit above 0, got %d and %s"
                            .formatted(answers, maxKl));
        }
    }

    /// The defaults.
    public static GateConfig standard() {
        return new GateConfig(512, 0.5, 0.45, 10, 0.75, 0.5, 2, 0.8);
    }
}
