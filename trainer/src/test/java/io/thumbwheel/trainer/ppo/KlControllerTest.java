package io.thumbwheel.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class KlControllerTest {

    @Test
    void restsAtItsTarget() {
        assertThat(KlController.of(0.2, 6, 10_000).after(6, 512, 1).coefficient()).isEqualTo(0.2);
    }

    @Test
    void risesFasterThanItFalls() {
        // 0.2 * (1 + 0.2 * 500 / 1000)
        assertThat(KlController.of(0.2, 6, 1000).after(60, 500, 1).coefficient())
                .isCloseTo(0.22, within(1e-12));
        // 0.2 * (1 - 0.05 * 500 / 1000)
        assertThat(KlController.of(0.2, 6, 1000).after(0.6, 500, 1).coefficient())
                .isCloseTo(0.195, within(1e-12));
    }

    @Test
    void fallsBelowTheTarget() {
        // e = 5.82 / 6 - 1 = -0.03
        assertThat(KlController.of(0.2, 6, 1000).after(5.82, 500, 1).coefficient())
                .isCloseTo(0.197, within(1e-12));
    }

    @Test
    void penalisesWhatIsFarAtOnce() {
        KlController controller = KlController.of(0.2, 6, 1000);

        assertThat(controller.at(6, 500, 1)).isEqualTo(0.2);
        // 0.2 * (1 + 0.5 * 1)
        assertThat(controller.at(9, 500, 1)).isCloseTo(0.3, within(1e-12));
        // twice and half at most
        assertThat(controller.at(60, 500, 1)).isCloseTo(0.4, within(1e-12));
        assertThat(controller.at(0, 500, 1)).isCloseTo(0.1, within(1e-12));
        // 0.2 * (1 + 1 * 2 * 100 / 1000)
        assertThat(controller.at(60, 100, 1)).isCloseTo(0.24, within(1e-12));
        // half done: 3 nats
        assertThat(controller.at(3, 500, 0.5)).isEqualTo(0.2);
    }

    @Test
    void aGreatHorizonHoldsTheCoefficient() {
        KlController controller = KlController.of(0.2, 6, 1e12);

        assertThat(controller.at(60, 64, 1)).isCloseTo(0.2, within(1e-9));
        assertThat(controller.after(60, 64, 1).coefficient()).isCloseTo(0.2, within(1e-9));
    }

    @Test
    void aimsAtTheWayToTheTarget() {
        // from 2 to 6 nats, a quarter done: 3 nats; e = 3.3 / 3 - 1 = 0.1
        assertThat(KlController.of(0.2, 6, 1000).from(2, 8).after(3.3, 500, 0.25).coefficient())
                .isCloseTo(0.21, within(1e-12));
    }

    @Test
    void holdsWhatWasThereBeyondItsTarget() {
        KlController controller = KlController.of(0.2, 3, 1000).from(5, 8);

        assertThat(controller.after(5, 500, 0.5).coefficient()).isEqualTo(0.2);
        assertThat(controller.after(5, 500, 1).coefficient()).isEqualTo(0.2);
    }

    @Test
    void goesBackToWhatLeavesRoom() {
        // from 9.6 to 8 nats, half done: 8.8 nats
        KlController controller = KlController.of(0.2, 3, 1000).from(9.6, 8);

        assertThat(controller.after(8.8, 500, 0.5).coefficient()).isEqualTo(0.2);
        assertThat(controller.after(8, 500, 1).coefficient()).isEqualTo(0.2);
    }

    @Test
    void aTargetStandsWhateverMayBeHeld() {
        assertThat(KlController.of(0.2, 9, 1000).from(2, 8).target()).isEqualTo(9);
    }

    @Test
    void refusesACoefficientOfZero() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KlController.of(0, 6, 1000))
                .withMessageContaining("above 0");
    }
}
