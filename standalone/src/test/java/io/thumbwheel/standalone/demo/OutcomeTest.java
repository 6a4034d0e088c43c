package io.thumbwheel.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.standalone.demo.ReleaseRow.Live;
import io.thumbwheel.standalone.demo.ReleaseRow.Origin;
import io.thumbwheel.standalone.demo.ReleaseRow.Quality;
import io.thumbwheel.standalone.demo.ReleaseRow.SwapFigures;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutcomeTest {
    private static final ReleaseRow R0 = row("r0-00000000", 0.5, 0.45, 0.55);
    private static final ReleaseRow BETTER = row("r1-00000001", 0.7, 0.62, 0.78);
    private static final ReleaseRow WORSE = row("r1-00000002", 0.3, 0.22, 0.38);
    private static final ReleaseRow REFUSED =
            new ReleaseRow(
                    "run-1",
                    Quality.NONE,
                    Live.NONE,
                    Origin.NONE,
                    SwapFigures.NONE,
                    0,
                    "not better than r0");

    @Test
    void theLowerBoundOfTheLastPromotedReleaseDecides() {
        assertThat(Outcome.of(Control.OFF, List.of(R0, BETTER, REFUSED), 0).passed()).isTrue();
        assertThat(Outcome.of(Control.OFF, List.of(R0, BETTER, WORSE), 0).passed()).isFalse();
        assertThat(Outcome.of(Control.OFF, List.of(R0, REFUSED), 0).passed()).isFalse();
    }

    @Test
    void oneFailedRequestFailsTheDemo() {
        Outcome outcome = Outcome.of(Control.OFF, List.of(R0, BETTER), 1);

        assertThat(outcome.passed()).isFalse();
        assertThat(outcome.verdict()).isEqualTo("1 requests failed");
    }

    @Test
    void controlsHoldWhenNothingIsLearnedThatWasNotSaid() {
        assertThat(Outcome.of(Control.RANDOM, List.of(R0, REFUSED), 0).passed()).isTrue();
        assertThat(Outcome.of(Control.RANDOM, List.of(R0, BETTER), 0).passed()).isFalse();
        assertThat(Outcome.of(Control.INVERTED, List.of(R0, WORSE), 0).passed()).isTrue();
        assertThat(Outcome.of(Control.INVERTED, List.of(R0, BETTER), 0).passed()).isFalse();
        assertThat(Outcome.of(Control.NONE, List.of(R0, REFUSED), 0).passed()).isTrue();
    }

    private static ReleaseRow row(String id, double rate, double low, double high) {
        Quality quality = new Quality(1.0, rate, low, high, rate, 20.0, 1.0, 0.5, 0.1);
        return new ReleaseRow(id, quality, Live.NONE, Origin.NONE, SwapFigures.NONE, 0, null);
    }
}
