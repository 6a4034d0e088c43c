package io.thumbwheel.feedback.bench;

import io.thumbwheel.feedback.simulation.TrustSimulation;
import io.thumbwheel.feedback.simulation.TrustSimulation.Row;
import java.util.List;

/// What the safeguards of trust are worth in a simulated crowd, a fifth of it trolls; needs no
/// platform.
final class TrustPart implements BenchPart {
    static final List<Long> SEEDS = List.of(1L, 2L, 3L, 4L, 5L);

    private static final double TROLLS = 0.2;
    private static final double KEPT = 0.9;
    private static final double SET_ASIDE = 2;

    @Override
    public List<Figure> measure(BenchPlatform platform) {
        Row row = TrustSimulation.guarded(TROLLS, SEEDS);
        return List.of(
                Figure.atLeast(
                        "trust: gain kept with 20% trolls", 100 * row.kept(), 100, KEPT, "%"),
                Figure.within(
                        "trust: honest raters set aside",
                        100 * row.falsePositives(),
                        SET_ASIDE,
                        "%"));
    }
}
