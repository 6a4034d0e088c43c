package io.thumbwheel.trainer.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ThresholdsTest {
    private static final Answer ANY = new Answer(List.of(1), List.of(2));

    @Test
    void onePraiseMovesTheThresholdAsFarAsThePriorLetsIt() {
        Thresholds.Scale fitted =
                Thresholds.fit(List.of(thumb(true, "a")), new double[] {0}).thumbs();

        // sigma(b) + b = 0, then sigma(b) + b - common = 0
        assertThat(fitted.common()).isCloseTo(-0.40106, within(1e-4));
        assertThat(fitted.of("a")).isCloseTo(-0.72693, within(1e-4));
        assertThat(fitted.of("somebody else")).isEqualTo(fitted.common());
    }

    @Test
    void whoPraisesTheSameAnswersMoreOftenIsMoreLenient() {
        Thresholds.Scale fitted =
                Thresholds.fit(
                                List.of(
                                        thumb(true, "kind"),
                                        thumb(true, "kind"),
                                        thumb(false, "strict"),
                                        thumb(false, "strict")),
                                new double[] {1, 2, 1, 2})
                        .thumbs();

        assertThat(fitted.common()).isCloseTo(1.5, within(1e-6));
        assertThat(fitted.of("kind")).isLessThan(1);
        assertThat(fitted.of("strict")).isCloseTo(3 - fitted.of("kind"), within(1e-6));
    }

    @Test
    void aRatersMeanRatingIsHalfwayToTheCommonOneAfterOneRating() {
        Thresholds.Scale fitted =
                Thresholds.fit(
                                List.of(
                                        new Opinion.Rating(ANY, 1, 1, "a"),
                                        new Opinion.Rating(ANY, -1, 1, "b")),
                                new double[] {2, 2})
                        .ratings();

        // r - y is 1 and 3
        assertThat(fitted.common()).isCloseTo(2, within(1e-9));
        assertThat(fitted.of("a")).isCloseTo(1.5, within(1e-9));
        assertThat(fitted.of("b")).isCloseTo(2.5, within(1e-9));
    }

    private static Opinion thumb(boolean up, String rater) {
        return new Opinion.Thumb(ANY, up, 1, rater);
    }
}
