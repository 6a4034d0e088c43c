package io.thumbwheel.trainer.ppo;

import java.util.List;
import java.util.Optional;

/// When coach and judge part: PPO raises the coach's score whatever it takes, and where it begins
/// to live on the coach's errors a reward model of other raters, which it does not optimise, falls
/// (Gao et al., arXiv:2210.10760, figure 1: the gold score peaks and falls while the proxy's rises;
/// Bai et al., arXiv:2204.05862, section 4.3: preference models of two halves of the data diverge
/// at high scores). No label is needed for it.
///
/// Coach and judge score the same rollout, each with deviation 1 on the reference policy's answers.
/// Their scores are not compared with each other, each only with its own at the start: the mean of
/// the first `window` looks, which with the default value-only steps are at a policy that has not
/// moved.
///
/// The defaults average 3 looks of 64 answers, a standard error of 0.1 for the difference of two
/// such means. A fall of 0.5 is five of those, and about what makes the judge prefer the start in
/// 64 of 100 comparisons. The refreshes that `docs/ppo-sweep.md` tells of had win rates of 67% to
/// 78% by their judges, which is a rise, and 44.7% by one that was no better than chance, a fall of
/// about 0.2.
///
/// @param every steps from one look to the next, value-only ones included; 0: the judge is not
///   asked
/// @param window looks that make a mean
/// @param drop how far the judge's mean may fall, in deviations of the anchor set
public record JudgeWatch(int every, int window, double drop) {
    public JudgeWatch {
        if (every < 0 || window < 1 || !(drop > 0)) {
            throw new IllegalArgumentException(
                    "the judge is asked every so many steps (0: never), with a window of at least 1 and a drop above 0, got %d, %d and %s"
                            .formatted(every, window, drop));
        }
    }

    /// What both said of one rollout.
    ///
    /// @param coach mean score
    /// @param judge mean score
    record Look(double coach, double judge) {}

    /// The defaults.
    public static JudgeWatch standard() {
        return new JudgeWatch(2, 3, 0.5);
    }

    /// Never asks the judge.
    public static JudgeWatch off() {
        return new JudgeWatch(0, 3, 0.5);
    }

    /// Whether the judge is asked at this step, from 0.
    boolean due(int step) {
        return every > 0 && step % every == 0;
    }

    /// How much further the coach's mean has risen since the start than the judge's.
    ///
    /// @param looks so far, the newest last
    double gap(List<Look> looks) {
        Look start = start(looks);
        Look now = looks.getLast();
        return (now.coach - start.coach) - (now.judge - start.judge);
    }

    /// Whether the policy of the newest look is one to go back to: the judge likes it no less than
    /// where it began.
    boolean content(List<Look> looks) {
        return looks.size() <= window || looks.getLast().judge >= start(looks).judge;
    }

    /// That the two have parted, in words.
    Optional<String> diagnose(List<Look> looks) {
        if (looks.size() < 2 * window) {
            return Optional.empty();
        }
        Look start = start(looks);
        Look now = mean(looks.subList(looks.size() - window, looks.size()));
        if (start.judge - now.judge <= drop || now.coach <= start.coach) {
            return Optional.empty();
        }
        return Optional.of(
                "coach and judge part: since the start the judge's mean score fell from %.2f to %.2f, by more than ppo.watch.drop = %.2f, while the coach's rose from %.2f to %.2f. PPO exploits errors of the coach: collect more comparisons, or lower klTargets"
                        .formatted(start.judge, now.judge, drop, start.coach, now.coach));
    }

    private Look start(List<Look> looks) {
        return mean(looks.subList(0, Math.min(window, looks.size())));
    }

    private static Look mean(List<Look> looks) {
        return new Look(
                looks.stream().mapToDouble(Look::coach).average().orElseThrow(),
                looks.stream().mapToDouble(Look::judge).average().orElseThrow());
    }
}
