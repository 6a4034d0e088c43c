package io.thumbwheel.trainer.ppo;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// Where PPO is, besides weights and optimizers. Chance needs no state: see [Seeds].
///
/// @param step steps done, value-only ones included
/// @param controller the KL coefficient
/// @param first metrics of the first rollout, which the guard compares with
/// @param looks what coach and judge said so far, where the judge is asked
record PpoState(
        int step,
        KlController controller,
        Optional<SortedMap<String, Double>> first,
        List<JudgeWatch.Look> looks) {
    PpoState {
        looks = List.copyOf(looks);
    }

    /// Where PPO begins.
    static PpoState beginning(KlController controller) {
        return new PpoState(0, controller, Optional.empty(), List.of());
    }
}
