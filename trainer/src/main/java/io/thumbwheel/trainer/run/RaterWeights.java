package io.thumbwheel.trainer.run;

import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.RaterTrust;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What raters weigh in a run, by what trust says of them: relative to each other, with mean 1 over
/// the examples that count. Trust begins small and grows; the losses of the reward model divide by
/// the sum of the weights, but its penalties do not, and they shall not rule because everybody is
/// new.
final class RaterWeights {
    private RaterWeights() {}

    /// Weights of everybody with an example: 0 in quarantine, a newcomer's where nothing is known.
    static Map<String, Double> of(List<Example> examples, List<RaterTrust> raters) {
        Map<String, Double> trust =
                raters.stream()
                        .collect(
                                Collectors.toMap(
                                        RaterTrust::rater,
                                        one -> one.quarantined() ? 0 : one.weight()));
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        double sum = 0;
        int count = 0;
        Map<String, Double> weights = new HashMap<>();
        for (Example example : examples) {
            String rater = example.provenance().rater();
            double weight = trust.getOrDefault(rater, RaterTrust.NEWCOMER);
            weights.put(rater, weight);
            if (weight > 0) {
                least = Math.min(least, weight);
                most = Math.max(most, weight);
                sum += weight;
                count++;
            }
        }
        // Where all are trusted alike, each weighs 1 to the bit.
        double mean = least == most || count == 0 ? most : sum / count;
        if (mean > 0) {
            weights.replaceAll((_, weight) -> weight / mean);
        }
        return weights;
    }
}
