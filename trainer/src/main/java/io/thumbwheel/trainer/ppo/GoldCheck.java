package io.thumbwheel.trainer.ppo;

import io.thumbwheel.trainer.evaluation.PairedDifference;
import io.thumbwheel.trainer.evaluation.WilsonInterval;
import io.thumbwheel.trainer.reward.Reward;
import io.thumbwheel.trainer.reward.SourcedPair;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A new coach beside the last promoted release's on the same frozen comparisons. It loses where
/// the 95% interval of the paired difference lies wholly below zero; the unit is the prompt, since
/// opinions on one prompt are not independent.
///
/// | score | meaning |
/// |---|---|
/// | gold/frozen | comparisons in the gold set; 0: none is frozen yet |
/// | gold/gone | of them withdrawn, of a deleted or distrusted person, or a tie by now |
/// | gold/pairs | of them measured on |
/// | gold/compared | 1 where an earlier coach was measured beside the new one |
/// | gold/accuracy, _low, _high | share that the new coach is right on |
/// | gold/earlier_accuracy | share that the earlier one is right on |
/// | gold/difference, _low, _high | new less earlier |
///
/// @param scores by these names
/// @param objection why the new coach may not train a policy, if so
record GoldCheck(SortedMap<String, Double> scores, Optional<String> objection) {

    /// @param test pairs of all test raters
    /// @param earlier empty where there is none
    static GoldCheck of(
            Gold gold,
            List<SourcedPair> test,
            Reward coach,
            Optional<? extends Reward> earlier,
            long seed) {
        List<SourcedPair> pairs =
                test.stream()
                        .filter(pair -> gold.ids().contains(pair.source().id()) && pair.decided())
                        .toList();
        boolean compared = !pairs.isEmpty() && earlier.isPresent();
        SortedMap<String, Double> scores = new TreeMap<>();
        scores.put("gold/frozen", (double) gold.ids().size());
        scores.put("gold/gone", (double) gold.ids().size() - pairs.size());
        scores.put("gold/pairs", (double) pairs.size());
        scores.put("gold/compared", compared ? 1.0 : 0.0);
        if (pairs.isEmpty()) {
            return new GoldCheck(scores, Optional.empty());
        }
        double[] ours = SourcedPair.right(coach, pairs);
        WilsonInterval accuracy = WilsonInterval.of(Arrays.stream(ours).sum(), ours.length);
        scores.put("gold/accuracy", accuracy.share());
        scores.put("gold/accuracy_low", accuracy.low());
        scores.put("gold/accuracy_high", accuracy.high());
        if (!compared) {
            return new GoldCheck(scores, Optional.empty());
        }
        double[] theirs = SourcedPair.right(earlier.orElseThrow(), pairs);
        PairedDifference difference =
                PairedDifference.of(
                        ours,
                        theirs,
                        pairs.stream().map(pair -> pair.pair().promptIds().toString()).toList(),
                        seed);
        scores.put("gold/earlier_accuracy", Arrays.stream(theirs).sum() / theirs.length);
        scores.put("gold/difference", difference.difference());
        scores.put("gold/difference_low", difference.low());
        scores.put("gold/difference_high", difference.high());
        return new GoldCheck(
                scores, difference.high() < 0 ? Optional.of(lost(gold, scores)) : Optional.empty());
    }

    private static String lost(Gold gold, SortedMap<String, Double> scores) {
        return "the reward model is right on %.3f of %.0f gold comparisons, that of %s on %.3f; the difference of %.3f is below zero by its interval, %.3f to %.3f: look for raters to distrust among the newest, or refresh with older data (examples_until); where people do want something else now, delete gold.json in the trainer's folder and the next refresh freezes a new set"
                .formatted(
                        scores.get("gold/accuracy"),
                        scores.get("gold/pairs"),
                        gold.earlier().map(Gold.Coach::release).orElse("an earlier release"),
                        scores.get("gold/earlier_accuracy"),
                        scores.get("gold/difference"),
                        scores.get("gold/difference_low"),
                        scores.get("gold/difference_high"));
    }
}
