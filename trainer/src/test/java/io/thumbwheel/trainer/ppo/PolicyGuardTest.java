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

    /// A refresh of a release close to the stop can come back, one from far beyond it cannot begin.
    @ParameterizedTest
    @CsvSource({
        "4, 9.9, false",
        "4, 10.1, true",
        "9.5, 11.3, false",
        "9.5, 11.5, true",
        "11, 11.9, false",
        "11, 12.1, true",
        "50, 50, true"
    })
    void stopsLaterWhereItBeginsCloseToTheStop(double first, double now, boolean stops) {
        Map<String, Double> begin = new HashMap<>(SOUND);
        begin.put("objective/kl", first);
        Map<String, Double> metrics = new HashMap<>(SOUND);
        metrics.put("objective/kl", now);

        assertThat(guard.diagnose(begin, metrics).isPresent()).isEqualTo(stops);
    }

    @ParameterizedTest
    @CsvSource({
        "objective/scores, NaN, the training diverged, ppo.policyLearningRate",
        "objective/kl, 10.1, the reward outweighs the penalty, klTargets",
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
