package io.thumbwheel.trainer.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LearningRatePlanTest {
    private final LearningRatePlan plan = LearningRatePlan.whole(1_000_000, 2e-3);

    @Test
    void risesThenFallsToTheFloor() {
        assertThat(plan.at(9_999)).isCloseTo(1e-3, within(1e-6));
        assertThat(plan.at(20_000)).isEqualTo(2e-3);
        // Half of the cosine lies half-way between peak and floor.
        assertThat(plan.at(510_000)).isCloseTo((2e-3 + 1e-4) / 2, within(1e-12));
        assertThat(plan.at(1_000_000)).isCloseTo(1e-4, within(1e-12));
        assertThat(plan.at(2_000_000)).isCloseTo(1e-4, within(1e-12));
    }

    @Test
    void anotherEndGoesOnFromTheRateOfNow() {
        LearningRatePlan shorter = plan.endingAt(700_000, 510_000);

        assertThat(shorter.at(510_000)).isCloseTo(plan.at(510_000), within(1e-12));
        assertThat(shorter.at(700_000)).isCloseTo(1e-4, within(1e-12));
    }

    @Test
    void aFinishedRunCanRiseAgain() {
        LearningRatePlan more = plan.risingAgain(2_000_000, 1_000_000, 1e-3);

        assertThat(more.at(1_000_000)).isLessThan(1e-6);
        assertThat(more.at(1_020_000)).isEqualTo(1e-3);
        assertThat(more.at(2_000_000)).isCloseTo(1e-4, within(1e-12));
    }

    @Test
    void thePastIsNoEnd() {
        assertThatThrownBy(() -> plan.endingAt(500_000, 510_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has seen 510000 tokens already");
    }
}
