package io.thumbwheel.schemas.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class RolloutStateTest {
    @Test
    void decisionsFoldInOrder() {
        RolloutState state =
                RolloutState.EMPTY
                        .after(decision(0, "r0-11111111"))
                        .after(decision(1, "r1-22222222"));

        assertThat(state.revision()).isEqualTo(2);
        assertThat(state.primary()).contains("r1-22222222");
    }

    @Test
    void aDecisionOnAStaleBaseCountsForNothing() {
        RolloutState state = RolloutState.EMPTY.after(decision(0, "r0-11111111"));

        assertThat(state.after(decision(0, "r9-99999999"))).isSameAs(state);
        assertThat(state.after(decision(2, "r9-99999999"))).isSameAs(state);
    }

    @Test
    void nothingServesBeforeTheFirstDecision() {
        assertThat(RolloutState.EMPTY.primary()).isEmpty();
    }

    @Test
    void sharesAreAtMostEverybody() {
        assertThatThrownBy(() ->
                        new RolloutDecision(
                                "default",
                                Instant.EPOCH,
                                0,
                                "r0",
                                "r1",
                                0.7,
                                "r0",
                                0.4,
                                false,
                                "test",
                                ""))
                .hasMessageContaining("together at most 1, got 0.7 and 0.4");
    }

    private static RolloutDecision decision(long base, String primary) {
        return new RolloutDecision(
                "default", Instant.EPOCH, base, primary, null, 0, null, 0, false, "test", "");
    }
}
