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
                    "episode/distinct2", 0.5,
                    "rollout/logprob_diff_max", 1e-5);

    private final PolicyGuard guard = PolicyGuard.standard();

    @Test
    void letsASoundPolicyPass() {
        assertThat(guard.diagnose(SOUND, SOUND)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "objective/scores, NaN, the training diverged, ppo.policyLearningRate",
        "objective/kl, 10.1, the reward outweighs the penalty, ppo.initialKlCoefficient",
        "objective/kl, -1.5, a KL is never below 0, ppo.episodes",
        "policy/entropy_avg, 0.3, the policy says the same to everything, ppo.policyLearningRate",
        "episode/length, 70, the reward model pays for length, ppo.limits.maxLengthShare",
        "episode/length, 5, the reward model pays for brevity, ppo.limits.minLengthShare",
        "episode/eos_share, 0.3, the policy forgets how to end, ppo.shaping.missingEosPenalty",
        "episode/distinct2, 0.2, the policy repeats itself, ppo.ptxCoefficient",
        "rollout/logprob_diff_max, 0.2, they compute different policies, ppo.temperature",
    })
    void namesWhatIsWrongAndWhatToDo(String metric, double value, String cause, String setting) {
        Map<String, Double> metrics = new HashMap<>(SOUND);
        metrics.put(metric, value);

        assertThat(guard.diagnose(SOUND, metrics))
                .hasValueSatisfying(text -> assertThat(text).contains(cause, setting));
    }
}
