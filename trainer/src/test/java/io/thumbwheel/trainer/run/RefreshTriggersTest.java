package io.thumbwheel.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RefreshTriggersTest {
    private static final Instant LAST = Instant.parse("2026-05-01T10:00:00Z");
    private static final Instant HOUR_LATER = LAST.plusSeconds(3600);

    @Test
    void byDefaultNothingBeginsByItself() {
        RefreshTriggers off = new RefreshTriggers(0, Optional.empty());

        assertThat(off.armed()).isFalse();
        assertThat(off.due(1_000_000, LAST, HOUR_LATER)).isEmpty();
    }

    @Test
    void enoughComparisonsBeginOne() {
        RefreshTriggers triggers = new RefreshTriggers(100, Optional.empty());

        assertThat(triggers.due(99, LAST, HOUR_LATER)).isEmpty();
        assertThat(triggers.due(100, LAST, LAST)).contains(Trigger.COUNT);
    }

    @Test
    void timeBeginsOneWhereSomethingIsNew() {
        RefreshTriggers triggers = new RefreshTriggers(0, Optional.of(Duration.ofHours(1)));

        assertThat(triggers.due(1, LAST, HOUR_LATER.minusMillis(1))).isEmpty();
        assertThat(triggers.due(0, LAST, HOUR_LATER)).isEmpty();
        assertThat(triggers.due(1, LAST, HOUR_LATER)).contains(Trigger.TIME);
    }

    @Test
    void nonsenseIsRefusedByTheNameOfItsKey() {
        assertThatThrownBy(() -> new RefreshTriggers(-1, Optional.empty()))
                .hasMessageContaining("thumbwheel.refresh.after-comparisons");
        assertThatThrownBy(() -> new RefreshTriggers(0, Optional.of(Duration.ZERO)))
                .hasMessageContaining("thumbwheel.refresh.every");
    }
}
