package io.thumbwheel.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TokenRewardsTest {

    private static final float[] LOG_PROBS = {-1, -2, -0.5f};
    private static final float[] REF_LOG_PROBS = {-2, -1, -0.5f};

    @Test
    void scoreStandsOnceOnTheLastToken() {
        float[] rewards = TokenRewards.of(LOG_PROBS, REF_LOG_PROBS, 3, 0.1);

        assertThat(rewards).containsExactly(new float[] {-0.1f, 0.1f, 3}, within(1e-6f));
    }

    @Test
    void sumIsScoreLessPenalisedKl() {
        float[] rewards = TokenRewards.of(new float[] {-1, -2}, new float[] {-3, -2.5f}, 3, 0.2);

        // KL = 2 + 0.5; 3 - 0.2 * 2.5
        assertThat(rewards[0] + rewards[1]).isCloseTo(2.5f, within(1e-6f));
    }

    @Test
    void aPolicyIsAtNoDistanceFromItself() {
        assertThat(TokenRewards.kl(LOG_PROBS, LOG_PROBS)).isZero();
        assertThat(TokenRewards.of(LOG_PROBS, LOG_PROBS, 0, 5))
                .containsExactly(new float[3], within(0f));
    }
}
