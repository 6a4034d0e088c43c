package io.thumbwheel.feedback.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.thumbwheel.feedback.trust.Finding.Test;
import java.util.List;
import java.util.stream.DoubleStream;

final class FindingTest {
    @org.junit.jupiter.api.Test
    void benjaminiAndHochbergsOwnExample() {
        // Their section 3.2, 15 p-values at q = 0.05: the first four hold.
        List<Finding> findings =
                DoubleStream.of(
                                0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                                0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000)
                        .mapToObj(p -> new Finding(0, Test.BURST, p, true, ""))
                        .toList();

        assertThat(Finding.holding(findings, 0.05))
                .extracting(Finding::pValue)
                .containsExactly(0.0001, 0.0004, 0.0019, 0.0095);
    }

    @org.junit.jupiter.api.Test
    void smallEffectsDoNotHold() {
        assertThat(Finding.holding(List.of(new Finding(0, Test.LENGTH, 0, false, "")), 0.01))
                .isEmpty();
    }

    @org.junit.jupiter.api.Test
    void tailsAreExact() {
        assertThat(Tail.atMost(1, 3, 0.5)).isEqualTo(0.5);
        assertThat(Tail.atLeast(3, 3, 0.5)).isEqualTo(0.125);
        assertThat(Tail.twoSided(3, 3, 0.5)).isEqualTo(0.25);
        assertThat(Tail.atLeast(0, 0, 0.5)).isEqualTo(1);
        assertThat(Tail.poissonAtLeast(0, 3)).isEqualTo(1);
    }
}
