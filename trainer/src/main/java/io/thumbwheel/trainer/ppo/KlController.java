package io.thumbwheel.trainer.ppo;

/// The coefficient β of the KL penalty, steered towards a target: Ziegler et al., arXiv:1909.08593,
/// section 2.2: `e = clip(KL / target − 1, −0.2, 0.2)`, `β ← β · (1 + e · episodes / horizon)`.
///
/// KL is summed over the tokens of an answer and averaged over answers.
///
/// @param coefficient β
/// @param target nats per answer
/// @param horizon episodes in which β may change by 20% (times e)
public record KlController(double coefficient, double target, double horizon) {
    public KlController {
        if (!(coefficient > 0 && target > 0 && horizon > 0)) {
            throw new IllegalArgumentException(
                    "KL coefficient, target and horizon must be above 0, got %s, %s and %s"
                            .formatted(coefficient, target, horizon));
        }
    }

    /// The controller after `episodes` whose mean KL was `kl` nats.
    public KlController after(double kl, int episodes) {
        double error = Math.clamp(kl / target - 1, -0.2, 0.2);
        return new KlController(coefficient * (1 + error * episodes / horizon), target, horizon);
    }

    /// The same where a refresh begins at `kl` nats already: it holds what is there, or it would
    /// undo the release that serves.
    public KlController startingAt(double kl) {
        return new KlController(coefficient, Math.max(target, kl), horizon);
    }
}
