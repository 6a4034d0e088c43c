package io.thumbwheel.trainer.reward;

import io.thumbwheel.trainer.evaluation.Calibration;
import io.thumbwheel.trainer.evaluation.WilsonInterval;
import java.util.List;
import java.util.Map;

/// How a reward model does on pairs that it was not trained on.
///
/// @param loss weighted mean of the pair loss, nats
/// @param accuracy share of decided pairs whose preferred answer scores higher
/// @param calibrationError expected, of `σ(r_a − r_b)` against the votes
public record PairMetrics(double loss, WilsonInterval accuracy, double calibrationError) {

    /// The metrics of raw scores.
    ///
    /// @param scores of every answer [answers]
    static PairMetrics of(List<Contest> pairs, double[] scores) {
        return of(
                pairs,
                pairs.stream().mapToDouble(pair -> scores[pair.a()]).toArray(),
                pairs.stream().mapToDouble(pair -> scores[pair.b()]).toArray());
    }

    /// The metrics of raw scores.
    ///
    /// @param a score of each pair's a [pairs]
    /// @param b score of each pair's b [pairs]
    static PairMetrics of(List<Contest> pairs, double[] a, double[] b) {
        double loss = 0;
        double weights = 0;
        double right = 0;
        double decided = 0;
        double[] predicted = new double[pairs.size()];
        double[] observed = new double[pairs.size()];
        for (int i = 0; i < predicted.length; i++) {
            Contest pair = pairs.get(i);
            double difference = a[i] - b[i];
            loss += pair.weight() * PairLoss.of(difference, pair.target());
            weights += pair.weight();
            predicted[i] = 1 / (1 + Math.exp(-difference));
            observed[i] = pair.target();
            if (pair.target() != 0.5) {
                decided++;
                right += difference == 0 ? 0.5 : difference > 0 == pair.target() > 0.5 ? 1 : 0;
            }
        }
        return new PairMetrics(
                weights == 0 ? 0 : loss / weights,
                WilsonInterval.of(right, decided),
                Calibration.expectedError(predicted, observed));
    }

    /// The metrics of these pairs and other ones together.
    public PairMetrics with(PairMetrics other) {
        double mine = accuracy.trials();
        double theirs = other.accuracy.trials();
        double all = Math.max(1, mine + theirs);
        return new PairMetrics(
                (loss * mine + other.loss * theirs) / all,
                WilsonInterval.of(
                        accuracy.share() * mine + other.accuracy.share() * theirs, mine + theirs),
                (calibrationError * mine + other.calibrationError * theirs) / all);
    }

    /// By the names of the progress events, below `prefix`.
    public Map<String, Double> named(String prefix) {
        return Map.of(
                prefix + "/loss", loss,
                prefix + "/accuracy", accuracy.share(),
                prefix + "/accuracy_low", accuracy.low(),
                prefix + "/accuracy_high", accuracy.high(),
                prefix + "/pairs", accuracy.trials(),
                prefix + "/ece", calibrationError);
    }
}
