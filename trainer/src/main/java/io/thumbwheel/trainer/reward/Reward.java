package io.thumbwheel.trainer.reward;

import java.util.List;

/// What PPO maximises: a learned reward model or a rule.
public interface Reward {

    /// One score per answer; higher is better [batch].
    double[] scores(List<Answer> answers);
}
