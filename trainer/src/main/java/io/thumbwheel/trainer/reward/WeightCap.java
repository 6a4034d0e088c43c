package io.thumbwheel.trainer.reward;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Keeps whoever votes the most from deciding what is better: no rater has more of the training
/// weight than the greater of 1% and twice the even share. Weights are scaled, no pair is dropped,
/// and trust counts before: a distrusted flooder is capped only as far as still needed. Who is
/// below the limit keeps the weight exactly, so where nobody votes twice as much as the others the
/// cap changes nothing.
///
/// The base is the weight of all pairs that train a reward model, the coach's and the judge's
/// together, after capping. A base of one side alone would cap people for the size of their side:
/// of 40 raters with equal counts about 13 teach the judge, and each has 8% of its weight, but 3%
/// of all.
///
/// @param active raters that train with a weight above 0
/// @param share greatest share of the weight that one may have
/// @param factors of the weights of those who had more, by rater
record WeightCap(int active, double share, Map<String, Double> factors) {
    private static final double LEAST_SHARE = 0.01;
    private static final double EVEN_SHARES = 2;

    WeightCap {
        factors = Map.copyOf(factors);
    }

    /// The cap on opinions that train, each with the weight that trust gives it.
    static WeightCap of(Collection<? extends Opinion> training) {
        Map<String, Double> weights = new TreeMap<>();
        training.forEach(one -> weights.merge(one.rater(), one.weight(), Double::sum));
        weights.values().removeIf(weight -> weight <= 0);
        int active = weights.size();
        double share = Math.min(1, Math.max(LEAST_SHARE, EVEN_SHARES / Math.max(1, active)));
        double limit = limit(share, weights.values());
        Map<String, Double> factors = new TreeMap<>();
        weights.forEach((rater, weight) -> {
            if (weight > limit) {
                factors.put(rater, limit / weight);
            }
        });
        return new WeightCap(active, share, factors);
    }

    /// The weight x at which all who had more are left: with k of them and R the weight of the
    /// others, x = share · (k · x + R). Since share is at least twice the even one, k · share
    /// reaches 1 before k does: then the next rater has more than all that is left, the rater
    /// included, which cannot be.
    private static double limit(double share, Collection<Double> weights) {
        List<Double> falling = weights.stream().sorted(Comparator.reverseOrder()).toList();
        double rest = falling.stream().mapToDouble(Double::doubleValue).sum();
        for (int capped = 0; capped < falling.size() && capped * share < 1; capped++) {
            double limit = share * rest / (1 - capped * share);
            if (falling.get(capped) <= limit) {
                return limit;
            }
            rest -= falling.get(capped);
        }
        return Double.POSITIVE_INFINITY;
    }

    /// The pair with its rater's weight; the same one where that is below the limit.
    Pair on(Pair pair) {
        Double factor = factors.get(pair.rater());
        return factor == null ? pair : pair.weighing(pair.weight() * factor);
    }
}
