package io.thumbwheel.trainer.evaluation;

import java.util.Arrays;
import java.util.SplittableRandom;

/// How often one policy's answer beats another's on the same prompts, with a 95% interval.
///
/// Prompts are paired and resampled with replacement (paired bootstrap, Efron 1979; Koehn, EMNLP
/// 2004): the interval holds the spread over prompts and samples, not that of the judge.
///
/// @param rate wins + ties / 2, over prompts
/// @param low 2.5% quantile of the resampled rate
/// @param high 97.5% quantile
/// @param prompts how many
public record WinRate(double rate, double low, double high, int prompts) {

    private static final int RESAMPLES = 2000;

    /// The win rate of `ours` over `theirs`; scores nearer than `tie` count half.
    ///
    /// @param ours score per prompt
    /// @param theirs score per prompt, in the same order
    public static WinRate of(double[] ours, double[] theirs, double tie, long seed) {
        if (ours.length != theirs.length || ours.length == 0) {
            throw new IllegalArgumentException(
                    "a win rate needs the same prompts on both sides, got %d and %d"
                            .formatted(ours.length, theirs.length));
        }
        double[] wins = new double[ours.length];
        for (int i = 0; i < wins.length; i++) {
            double difference = ours[i] - theirs[i];
            wins[i] = Math.abs(difference) <= tie ? 0.5 : difference > 0 ? 1 : 0;
        }
        return ofWins(wins, seed);
    }

    /// The mean of `wins` (1, 0.5 or 0 for each prompt) with its interval.
    public static WinRate ofWins(double[] wins, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] rates = new double[RESAMPLES];
        for (int r = 0; r < RESAMPLES; r++) {
            double sum = 0;
            for (int i = 0; i < wins.length; i++) {
                sum += wins[random.nextInt(wins.length)];
            }
            rates[r] = sum / wins.length;
        }
        Arrays.sort(rates);
        return new WinRate(
                Arrays.stream(wins).average().orElseThrow(),
                rates[(int) (0.025 * RESAMPLES)],
                rates[(int) (0.975 * RESAMPLES) - 1],
                wins.length);
    }
}
