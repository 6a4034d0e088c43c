package io.thumbwheel.trainer.ppo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Advantages without a value model: the other answers to the same prompt are the baseline. All
/// tokens of an answer have the same one.
final class GroupAdvantages {

    /// Keeps a group of equal scores from being divided by 0; TRL's value.
    private static final double LEAST_DEVIATION = 1e-4;

    private GroupAdvantages() {}

    /// Less the mean of the others: Ahmadian et al., arXiv:2402.14740, eq. 8.
    ///
    /// @param rewards of the answers to one prompt [group]
    static double[] leaveOneOut(double[] rewards) {
        double sum = Arrays.stream(rewards).sum();
        double others = Math.max(1, rewards.length - 1);
        return Arrays.stream(rewards).map(reward -> reward - (sum - reward) / others).toArray();
    }

    /// In standard deviations from the mean: Shao et al., arXiv:2402.03300, section 4.1.2.
    ///
    /// @param scores of the answers to one prompt [group]
    static double[] standardised(double[] scores) {
        double mean = Arrays.stream(scores).average().orElseThrow();
        double squares = Arrays.stream(scores).map(s -> (s - mean) * (s - mean)).sum();
        double deviation = Math.sqrt(squares / Math.max(1, scores.length - 1));
        return Arrays.stream(scores)
                .map(score -> (score - mean) / (deviation + LEAST_DEVIATION))
                .toArray();
    }

    /// The advantage of every answer, by microbatch [microbatches][batch].
    ///
    /// @param klCoefficient β of RLOO's reward
    static List<double[]> of(
            List<Experience.Evaluated> microbatches, double klCoefficient, Estimator estimator) {
        Map<List<Integer>, List<Place>> groups = new LinkedHashMap<>();
        List<double[]> rewards = new ArrayList<>();
        for (int m = 0; m < microbatches.size(); m++) {
            Experience.Evaluated microbatch = microbatches.get(m);
            double[] kl = microbatch.kl();
            double[] reward = microbatch.scores().clone();
            for (int row = 0; row < reward.length; row++) {
                reward[row] -= estimator == Estimator.RLOO ? klCoefficient * kl[row] : 0;
                groups.computeIfAbsent(
                                microbatch.answers().get(row).promptIds(), _ -> new ArrayList<>())
                        .add(new Place(m, row));
            }
            rewards.add(reward);
        }
        for (List<Place> group : groups.values()) {
            double[] compared =
                    group.stream().mapToDouble(p -> rewards.get(p.batch)[p.row]).toArray();
            double[] advantages =
                    estimator == Estimator.RLOO ? leaveOneOut(compared) : standardised(compared);
            for (int i = 0; i < advantages.length; i++) {
                rewards.get(group.get(i).batch)[group.get(i).row] = advantages[i];
            }
        }
        return rewards;
    }

    private record Place(int batch, int row) {}
}
