package io.thumbwheel.trainer.ppo;

/// How the tokens of an answer get their advantages: the methods that share this package's
/// rollouts, clipped loss, KL control and guards.
public enum Estimator {
    /// PPO: generalized advantage estimation over tokens with a value model (Schulman et al.,
    /// arXiv:1506.02438, eq. 16).
    GAE,

    /// REINFORCE leave-one-out: an answer's reward, KL penalty included, less the mean of the other
    /// answers to its prompt (Ahmadian et al., arXiv:2402.14740, eq. 8). No value model.
    RLOO,

    /// Group-relative policy optimization: an answer's score less the mean of the answers to its
    /// prompt, over their standard deviation; the KL penalty is a term of the loss (Shao et al.,
    /// arXiv:2402.03300, eq. 3 and 4). No value model.
    ///
    /// Departures: the loss is a mean over the tokens of the update and not over answers of token
    /// means, which would favour long bad answers (Liu et al., arXiv:2503.20783, section 3.1).
    GRPO;

    /// Whether a value model learns beside the policy.
    public boolean critic() {
        return this == GAE;
    }
}
