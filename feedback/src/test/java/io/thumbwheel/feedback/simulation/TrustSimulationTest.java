package io.thumbwheel.feedback.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.feedback.simulation.TrustSimulation.Row;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TrustSimulationTest {
    @Test
    void withTwentyPercentTrollsNineTenthsOfTheGainRemain() {
        Row row = TrustSimulation.guarded(0.2, List.of(11L, 12L));

        assertThat(row.kept()).as(row.line()).isGreaterThanOrEqualTo(0.9);
        assertThat(row.falsePositives()).as(row.line()).isLessThanOrEqualTo(0.02);
        assertThat(row.minority()).as(row.line()).isLessThanOrEqualTo(0.02);
        assertThat(row.found()).as(row.line()).isGreaterThan(0.3);
    }

    @Test
    void withoutTrollsNobodyHonestIsSetAside() {
        Row row = TrustSimulation.guarded(0, List.of(13L));

        assertThat(row.kept()).as(row.line()).isGreaterThanOrEqualTo(0.98);
        assertThat(row.falsePositives()).as(row.line()).isLessThanOrEqualTo(0.02);
    }
}
