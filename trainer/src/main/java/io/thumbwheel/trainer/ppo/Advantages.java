package io.thumbwheel.trainer.ppo;

import java.util.List;

/// Generalized advantage estimation: Schulman et al., arXiv:1506.02438, eq. 16, over the tokens of
/// one answer: `δ_t = r_t + γ V_{t+1} − V_t`, `A_t = δ_t + γλ A_{t+1}`, `return_t = A_t + V_t`.
///
/// An answer is an episode that ends with its last real token: the value after it is 0, whether it
/// ended by itself or was cut (a cut answer has lost its penalty already).
///
/// @param advantages before whitening [response]
/// @param returns what the value model should have said [response]
public record Advantages(float[] advantages, float[] returns) {

    /// The advantages of one answer.
    ///
    /// @param rewards [response]
    /// @param values of the states before each token [response]
    public static Advantages of(float[] rewards, float[] values, double gamma, double lambda) {
        int length = rewards.length;
        float[] advantages = new float[length];
        float[] returns = new float[length];
        double next = 0;
        double nextValue = 0;
        for (int t = length - 1; t >= 0; t--) {
            double delta = rewards[t] + gamma * nextValue - values[t];
            next = delta + gamma * lambda * next;
            nextValue = values[t];
            advantages[t] = (float) next;
            returns[t] = (float) (next + values[t]);
        }
        return new Advantages(advantages, returns);
    }

    /// Shifts and scales the advantages of a whole batch to mean 0 and variance 1 over its tokens,
    /// in place (Huang et al., arXiv:2403.17031, detail 17). There is no padding to leave out:
    /// arrays hold real tokens only.
    public static void whiten(List<float[]> advantages) {
        long count = 0;
        double sum = 0;
        for (float[] row : advantages) {
            count += row.length;
            for (float value : row) {
                sum += value;
            }
        }
        if (count == 0) {
            return;
        }
        double mean = sum / count;
        double squares = 0;
        for (float[] row : advantages) {
            for (float value : row) {
                squares += (value - mean) * (value - mean);
            }
        }
        double scale = 1 / Math.sqrt(squares / count + 1e-8);
        for (float[] row : advantages) {
            for (int t = 0; t < row.length; t++) {
                row[t] = (float) ((row[t] - mean) * scale);
            }
        }
    }
}
