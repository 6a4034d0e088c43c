package io.thumbwheel.trainer.ppo;

import java.util.SortedMap;

/// How a PPO step ended.
sealed interface StepResult {

    /// By TRL's names, defined in [PpoMetrics].
    SortedMap<String, Double> metrics();

    /// The models moved.
    record Stepped(SortedMap<String, Double> metrics) implements StepResult {}

    /// Something is wrong; nothing moved and the policy is the last good one.
    ///
    /// @param diagnosis what, and what to do
    record Aborted(String diagnosis, SortedMap<String, Double> metrics) implements StepResult {}
}
