package io.thumbwheel.trainer.ppo;

import java.util.Optional;
import java.util.SortedMap;

/// Where PPO is, besides weights and optimizers. Chance needs no state: see [Seeds].
///
/// @param step steps done, value-only ones included
/// @param controller the KL coefficient
/// @param first metrics of the first rollout, which the guard compares with
record PpoState(int step, KlController controller, Optional<SortedMap<String, Double>> first) {}
