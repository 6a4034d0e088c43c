package io.thumbwheel.trainer.ppo;

/// The coefficient β of the KL penalty, steered towards a target: Ziegler et al., arXiv:1909.08593,
/// section 2.2: `e = clip(KL / target − 1, −0.2, 0.2)`, `β ← β · (1 + e · episodes / horizon)`.
///
/// KL is summed over the tokens of an answer and averaged over answers.
///
/// Departures: the target rises in a straight line from the KL at the beginning of a refresh. With
/// a constant one β only falls for as long as the policy is young, and a refresh of a few dozen
/// steps is over before it has risen again. For the same reason e is clipped at −0.05 below. What
/// penalises a rollout is β times a proportional part besides ([#at]): β alone answers to a KL that
/// itself answers to β, so that both swing. And a refresh that begins beyond its target holds what
/// is there, or it would undo the release that serves; what leaves it no room to move it goes back
/// on. `docs/ppo-sweep.md`, "Holding the KL", has the measurements.
///
/// @param coefficient β
/// @param begin nats per answer where the refresh began
/// @param target nats per answer at its end
/// @param horizon episodes in which β changes by e; a very great one holds β
public record KlController(double coefficient, double begin, double target, double horizon) {
    /// Below this the relative error of a KL says nothing.
    private static final double LEAST_AIM = 0.1;

    private static final double FASTEST_FALL = 0.05;
    private static final double FASTEST_RISE = 0.2;

    public KlController {
        if (!(coefficient > 0 && target > 0 && horizon > 0)) {
            throw new IllegalArgumentException(
                    "KL coefficient, target and horizon must be above 0, got %s, %s and %s"
                            .formatted(coefficient, target, horizon));
        }
    }

    /// A controller of a policy that is its own reference so far.
    public static KlController of(double coefficient, double target, double horizon) {
        return new KlController(coefficient, 0, target, horizon);
    }

    /// The same where the refresh begins at `kl` nats.
    ///
    /// @param most nats that it may hold
    public KlController from(double kl, double most) {
        return new KlController(coefficient, kl, Math.max(target, Math.min(kl, most)), horizon);
    }

    /// What penalises a rollout of `episodes` whose mean KL is `kl` nats: β · (1 + clip(KL / aim −
    /// 1, −½, 1) · min(1, 2 · episodes / horizon)).
    ///
    /// @param done share of the refresh that is done with it, 0 to 1
    public double at(double kl, int episodes, double done) {
        double error = Math.clamp(kl / aim(done) - 1, -0.5, 1);
        return coefficient * (1 + error * Math.min(1, 2 * episodes / horizon));
    }

    /// The controller after `episodes` whose mean KL was `kl` nats.
    ///
    /// @param done share of the refresh that is done, 0 to 1
    public KlController after(double kl, int episodes, double done) {
        double error = Math.clamp(kl / aim(done) - 1, -FASTEST_FALL, FASTEST_RISE);
        return new KlController(
                coefficient * (1 + error * episodes / horizon), begin, target, horizon);
    }

    private double aim(double done) {
        return Math.max(LEAST_AIM, begin + done * (target - begin));
    }
}
