package io.thumbwheel.trainer.ppo;

import java.util.ArrayList;
import java.util.List;

/// Sums over the updates of one PPO step, for [PpoMetrics].
final class UpdateSums {

    private final PpoConfig config;
    private int policyUpdates;
    private int valueUpdates;
    private double policyLoss;
    private double ptxLoss;
    private double valueLoss;
    private double policyNorm;
    private double valueNorm;
    private long policyTokens;
    private long valueTokens;
    private double ratioSum;
    private double approxKl;
    private long clipped;
    private long valuesClipped;
    private double firstRatioDeviation;
    private double updateRatioSum;
    private long updateTokens;
    private final List<Double> updateRatios = new ArrayList<>();

    UpdateSums(PpoConfig config) {
        this.config = config;
    }

    void ratios(float[] logProbs, float[] oldLogProbs) {
        for (int t = 0; t < logProbs.length; t++) {
            double difference = (double) logProbs[t] - oldLogProbs[t];
            double ratio = Math.exp(difference);
            ratioSum += ratio;
            updateRatioSum += ratio;
            approxKl += 0.5 * difference * difference;
            clipped += Math.abs(ratio - 1) > config.clip() ? 1 : 0;
            if (policyUpdates == 0) {
                firstRatioDeviation = Math.max(firstRatioDeviation, Math.abs(ratio - 1));
            }
        }
        policyTokens += logProbs.length;
        updateTokens += logProbs.length;
    }

    void policyUpdate(double loss, double ptx, double norm) {
        policyUpdates++;
        policyLoss += loss;
        ptxLoss += ptx;
        policyNorm += norm;
        updateRatios.add(updateRatioSum / Math.max(1, updateTokens));
        updateRatioSum = 0;
        updateTokens = 0;
    }

    void values(float[] values, float[] oldValues) {
        for (int t = 0; t < values.length; t++) {
            valuesClipped += Math.abs(values[t] - oldValues[t]) > config.valueClip() ? 1 : 0;
        }
        valueTokens += values.length;
    }

    void valueUpdate(double loss, double norm) {
        valueUpdates++;
        valueLoss += loss;
        valueNorm += norm;
    }

    void report(PpoMetrics metrics) {
        if (policyUpdates > 0) {
            metrics.put("loss/policy_avg", policyLoss / policyUpdates);
            metrics.put("loss/ptx_avg", ptxLoss / policyUpdates);
            metrics.put("policy/gradient_norm", policyNorm / policyUpdates);
            metrics.put("policy/approxkl_avg", approxKl / policyTokens);
            metrics.put("policy/clipfrac_avg", (double) clipped / policyTokens);
            metrics.put("policy/first_ratio_deviation", firstRatioDeviation);
            metrics.put("val/ratio", ratioSum / policyTokens);
            metrics.put("val/ratio_var", PpoMetrics.variance(updateRatios));
        }
        if (valueUpdates > 0) {
            metrics.put("loss/value_avg", valueLoss / valueUpdates);
            metrics.put("value/gradient_norm", valueNorm / valueUpdates);
            metrics.put("val/clipfrac_avg", (double) valuesClipped / valueTokens);
        }
    }
}
