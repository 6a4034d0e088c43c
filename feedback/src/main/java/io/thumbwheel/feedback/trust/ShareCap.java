package io.thumbwheel.feedback.trust;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Keeps a network or a source from deciding what is better: none has more of the weight than the
/// greater of a least share and twice the even share; who has more is scaled down to it. The same
/// rule as the trainer has for single raters, who are not capped here.
final class ShareCap {
    private static final double EVEN_SHARES = 2;

    private ShareCap() {}

    /// Factors of those who have too much, by name.
    ///
    /// With k of them capped at x and R the weight of the others, `x = share · (k · x + R)`.
    static Map<String, Double> factors(Map<String, Double> weights, double least) {
        List<Map.Entry<String, Double>> falling =
                new ArrayList<>(
                        weights.entrySet().stream().filter(entry -> entry.getValue() > 0).toList());
        falling.sort(
                Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()));
        double share = Math.min(1, Math.max(least, EVEN_SHARES / Math.max(1, falling.size())));
        double rest = falling.stream().mapToDouble(Map.Entry::getValue).sum();
        Map<String, Double> factors = new HashMap<>();
        for (int capped = 0; capped < falling.size() && capped * share < 1; capped++) {
            double limit = share * rest / (1 - capped * share);
            if (falling.get(capped).getValue() <= limit * (1 + 1e-9)) {
                for (var over : falling.subList(0, capped)) {
                    factors.put(over.getKey(), limit / over.getValue());
                }
                return factors;
            }
            rest -= falling.get(capped).getValue();
        }
        return factors;
    }
}
