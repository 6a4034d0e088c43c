package io.thumbwheel.serving.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thumbwheel.schemas.event.RolloutDecision;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RolloutHistoryTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private static RolloutHistory after(RolloutHistory history, RolloutChange change) {
        return history.after(change.decide(history, "ada", NOON));
    }

    private static RolloutHistory promoted(String... releases) {
        RolloutHistory history = RolloutHistory.EMPTY;
        for (String release : releases) {
            history = after(history, new RolloutChange.Promote(release));
        }
        return history;
    }

    @Test
    void rollbacksGoFurtherBackAndNotForth() {
        RolloutHistory third = promoted("r0", "r1", "r2");

        RolloutHistory second = after(third, new RolloutChange.Rollback());
        RolloutHistory first = after(second, new RolloutChange.Rollback());

        assertThat(third.previous()).contains("r1");
        assertThat(second.state().primary()).contains("r1");
        assertThat(first.state().primary()).contains("r0");
        assertThat(first.previous()).isEmpty();
        assertThatThrownBy(() -> after(first, new RolloutChange.Rollback()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no primary before r0");
    }

    @Test
    void aDecisionOnAStaleBaseChangesNothing() {
        RolloutHistory history = promoted("r0", "r1");
        RolloutDecision stale = new RolloutChange.Pin(true).decide(promoted("r0"), "bob", NOON);

        assertThat(history.after(stale)).isEqualTo(history);
    }

    @Test
    void aPromotedCanaryIsOnTrialNoMore() {
        RolloutHistory trial = after(promoted("r0"), new RolloutChange.Canary("r1", 0.2));
        RolloutHistory held = after(trial, new RolloutChange.HoldOut("r0", 0.1));

        RolloutDecision decision = new RolloutChange.Promote("r1").decide(held, "ada", NOON);

        assertThat(decision.primary()).isEqualTo("r1");
        assertThat(decision.canary()).isNull();
        assertThat(decision.canaryShare()).isZero();
        assertThat(decision.holdOut()).isEqualTo("r0");
        assertThat(decision.base()).isEqualTo(3);
    }

    @Test
    void nothingCanBePinnedBeforeTheFirstPromotion() {
        assertThatThrownBy(
                        () -> new RolloutChange.Pin(true).decide(RolloutHistory.EMPTY, "ada", NOON))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("promote one first");
    }
}
