package io.thumbwheel.trainer.offline;

import io.thumbwheel.trainer.ppo.Estimator;
import io.thumbwheel.trainer.preference.Objective;

/// How a policy is optimised.
enum Method {
    PPO,
    RLOO,
    GRPO,
    DPO,
    KTO,
    SFT;

    /// Whether it samples answers and asks a reward model, or learns from given ones.
    boolean online() {
        return switch (this) {
            case PPO, RLOO, GRPO -> true;
            case DPO, KTO, SFT -> false;
        };
    }

    /// Of a method with rollouts.
    Estimator estimator() {
        return switch (this) {
            case PPO -> Estimator.GAE;
            case RLOO -> Estimator.RLOO;
            case GRPO -> Estimator.GRPO;
            case DPO, KTO, SFT -> throw new IllegalStateException(this + " samples nothing");
        };
    }

    /// Of a method without.
    Objective objective() {
        return switch (this) {
            case DPO -> Objective.DPO;
            case KTO -> Objective.KTO;
            case SFT -> Objective.SFT;
            case PPO, RLOO, GRPO ->
                    throw new IllegalStateException(this + " learns from its own samples");
        };
    }
}
