package io.thumbwheel.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class TfIdfRegressionTest {
    @Test
    void theWeightOfTwoPairsIsTheOneByHand() {
        // Every vector is a single word of length 1, so d = e_yes − e_no in both pairs, and with w
        // =
        // (u, −u) the loss is u² + 2 ln(1 + e^{−2u}), least where u = 2σ(−2u): u = 0.5213.
        var regression = TfIdfRegression.fit(List.of("Yes", "yes"), List.of("no", "No"));

        assertThat(regression.margin("yes", "no")).isCloseTo(2 * 0.5213, within(1e-3));
        assertThat(regression.margin("no", "yes")).isCloseTo(-2 * 0.5213, within(1e-3));
    }

    @Test
    void pairsOfWordsTellWhatWordsDoNot() {
        var regression =
                TfIdfRegression.fit(
                        List.of("not bad at all", "not bad really"),
                        List.of("bad not at all", "bad not really"));

        assertThat(regression.margin("not bad", "bad not")).isPositive();
        assertThat(regression.margin("bad", "bad")).isZero();
    }

    @Test
    void whatNoTwoAnswersSayCountsForNothing() {
        var regression = TfIdfRegression.fit(List.of("once yes", "yes"), List.of("no", "no"));

        assertThat(regression.margin("once", "never")).isZero();
    }

    @Test
    void pairsAreNeeded() {
        assertThatThrownBy(() -> TfIdfRegression.fit(List.of(), List.of()))
                .hasMessageContaining("pairs are needed, got 0 chosen and 0 rejected");
    }
}
