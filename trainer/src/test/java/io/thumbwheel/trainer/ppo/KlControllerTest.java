package io.thumbwheel.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class KlControllerTest {

    @Test
    void restsAtItsTarget() {
        assertThat(new KlController(0.2, 6, 10_000).after(6, 512).coefficient()).isEqualTo(0.2);
    }

    @Test
    void risesAboveTheTargetByAtMostAFifth() {
        // 0.2 * (1 + 0.2 * 500 / 1000)
        assertThat(new KlController(0.2, 6, 1000).after(60, 500).coefficient())
                .isCloseTo(0.22, within(1e-12));
    }

    @Test
    void fallsBelowTheTarget() {
        // e = 5.4 / 6 - 1 = -0.1
        assertThat(new KlController(0.2, 6, 1000).after(5.4, 500).coefficient())
                .isCloseTo(0.19, within(1e-12));
    }

    @Test
    void holdsWhatWasThereBeyondItsTarget() {
        KlController controller = new KlController(0.2, 3, 1000);

        assertThat(controller.startingAt(5)).isEqualTo(new KlController(0.2, 5, 1000));
        assertThat(controller.startingAt(2)).isEqualTo(controller);
    }

    @Test
    void refusesACoefficientOfZero() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KlController(0, 6, 1000))
                .withMessageContaining("above 0");
    }
}
