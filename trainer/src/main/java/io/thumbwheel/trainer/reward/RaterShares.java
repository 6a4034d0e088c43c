package io.thumbwheel.trainer.reward;

import io.thumbwheel.schemas.event.FeedbackGiven;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What each group of raters has of all comparisons and of all their weight, as scores of a run:
///
/// | name | meaning |
/// |---|---|
/// | raters/G/examples_share | comparisons, those of quarantined raters included |
/// | raters/G/weight_share | weight after trust, age and cap |
/// | raters/active | raters that train with a weight above 0 |
/// | raters/cap | greatest share of the training weight that one may have |
/// | raters/capped | raters who had more |
/// | raters/greatest_share | share of the training weight of whoever has most |
///
/// G is what is done with a rater, `coach`, `judge`, `validation` (which teaches the judge too) or
/// `test`, and the rater's kind, `user`, `labeler`, `webhook` or `simulated`.
final class RaterShares {
    private static final String PREFIX = "raters/";

    private final SortedMap<String, Double> examples = new TreeMap<>();
    private final SortedMap<String, Double> weights = new TreeMap<>();
    private final Map<String, Double> training = new TreeMap<>();
    private double allExamples;
    private double allWeight;

    /// Counts a comparison, its weight after trust, age and cap.
    void add(PreferenceData.Group group, FeedbackGiven.RaterKind kind, Pair pair) {
        for (Enum<?> belongs : new Enum<?>[] {group, kind}) {
            String name = belongs.name().toLowerCase(Locale.ROOT);
            examples.merge(name, 1.0, Double::sum);
            weights.merge(name, pair.weight(), Double::sum);
        }
        if (group.trains()) {
            training.merge(pair.rater(), pair.weight(), Double::sum);
        }
        allExamples++;
        allWeight += pair.weight();
    }

    /// By name.
    SortedMap<String, Double> named(WeightCap cap) {
        SortedMap<String, Double> named = new TreeMap<>();
        examples.forEach((group, count) ->
                named.put(PREFIX + group + "/examples_share", count / allExamples));
        weights.forEach((group, weight) ->
                named.put(
                        PREFIX + group + "/weight_share", allWeight == 0 ? 0 : weight / allWeight));
        double trains = training.values().stream().mapToDouble(Double::doubleValue).sum();
        double most = training.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
        named.put(PREFIX + "active", (double) cap.active());
        named.put(PREFIX + "cap", cap.share());
        named.put(PREFIX + "capped", (double) cap.factors().size());
        named.put(PREFIX + "greatest_share", trains == 0 ? 0 : most / trains);
        return named;
    }
}
