package io.thumbwheel.trainer.ppo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyGuardTest {

    private static final Map<String, Double> SOUND =
            Map.of(
                    "objective/kl", 4.0,
                    "policy/entropy_avg", 2.0,
                    "episode/length", 30.0,
                    "episode/eos_share", 0.9,
                    "rollout/logprob_diff_max", 1e-5);

    private final PolicyGuard guard = PolicyGuard.standard();

    @Test
    void letsASoundPolicyPass() {
        assertThat(guard.diagnose(SOUND, SOUND)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "objective/kl, 10.1, above the stop",
        "objective/kl, -1.5, disagree",
        "objective/kl, NaN, diverged",
        "policy/entropy_avg, 0.3, entropy fell",
        "episode/length, 70, mean length",
        "episode/length, 5, mean length",
        "episode/eos_share, 0.3, answers that end",
        "rollout/logprob_diff_max, 0.2, check temperature",
    })
    void namesWhatIsWrong(String metric, double value, String diagnosis) {
        Map<String, Double> metrics = new HashMap<>(SOUND);
        metrics.put(metric, value);

        assertThat(guard.diagnose(SOUND, metrics))
                .hasValueSatisfying(text -> assertThat(text).contains(diagnosis));
    }
}
