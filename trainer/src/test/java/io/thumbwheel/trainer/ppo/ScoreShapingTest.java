package io.thumbwheel.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.thumbwheel.trainer.reward.Answer;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScoreShapingTest {
    private static final int EOS = 2;
    private static final int MAX = 10;

    @Test
    void byDefaultOnlyAMissingEndCosts() {
        ScoreShaping shaping = ScoreShaping.standard();

        assertThat(shaping.shaped(7.5, ended(10), EOS, MAX)).isEqualTo(7.5);
        assertThat(shaping.shaped(7.5, cut(10), EOS, MAX)).isEqualTo(6.5);
    }

    @Test
    void aLimitCutsTheScoreBeforeThePenalty() {
        ScoreShaping shaping = new ScoreShaping(0.5, 5, 1, 0, 1);

        assertThat(shaping.shaped(7.5, ended(3), EOS, MAX)).isEqualTo(5);
        assertThat(shaping.shaped(-7.5, ended(3), EOS, MAX)).isEqualTo(-5);
        assertThat(shaping.shaped(7.5, cut(10), EOS, MAX)).isEqualTo(4);
    }

    /// Yu et al., arXiv:2503.14476, eq. 13 with L_max 10 and L_cache 4.
    @ParameterizedTest
    @CsvSource({"5, 0", "6, 0", "7, -0.25", "8, -0.5", "10, -1"})
    void theLastTokensCostInAStraightLine(int tokens, double expected) {
        ScoreShaping shaping = new ScoreShaping(0.5, 0, 0, 4, 1);

        assertThat(shaping.shaped(0, ended(tokens), EOS, MAX)).isCloseTo(expected, within(1e-12));
    }

    @Test
    void negativePenaltiesAreRefused() {
        assertThatThrownBy(() -> new ScoreShaping(0.5, 0, -1, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be negative, got 0.0, -1.0");
    }

    private static Answer ended(int tokens) {
        return new Answer(
                List.of(1),
                Stream.concat(Collections.nCopies(tokens - 1, 5).stream(), Stream.of(EOS))
                        .toList());
    }

    private static Answer cut(int tokens) {
        return new Answer(List.of(1), Collections.nCopies(tokens, 5));
    }
}
