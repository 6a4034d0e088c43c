package io.thumbwheel.trainer.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FigureTest {
    @Test
    void theMedianOfTwoRoundsIsBetweenThem() {
        Figure figure = Figure.of("step", List.of(0.75, 0.5), 0.7, 0.85, "the product");

        assertThat(figure.ratio()).isEqualTo(0.625);
        assertThat(figure.holds()).isFalse();
        assertThat(figure.line())
                .isEqualTo(
                        "step                                0.63 (0.50 to 0.75) of the product; bar 0.70, aim 0.85  MISSED");
    }

    @Test
    void theMedianOfThreeRoundsIsTheMiddleOne() {
        Figure figure = Figure.of("step", List.of(0.9, 0.5, 0.7), 0.7, 0.85, "the product");

        assertThat(figure.ratio()).isEqualTo(0.7);
        assertThat(figure.holds()).isTrue();
    }
}
