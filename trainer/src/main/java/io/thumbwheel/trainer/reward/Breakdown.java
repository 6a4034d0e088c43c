package io.thumbwheel.trainer.reward;

import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.trainer.evaluation.WilsonInterval;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Where a reward model is right and where it is not: its accuracy on decided pairs of raters that
/// it did not learn from, by what sets the pairs apart.
///
/// | group | pairs |
/// |---|---|
/// | age/q1 to age/q4 | quarters by the time of the opinion, q1 the oldest; equal times stay together |
/// | arm/R | both answers are of release R, one of the four with the most pairs |
/// | arm/mixed, arm/others | the answers are of two releases; both are of another one |
/// | length/longer, shorter, alike | how the preferred answer's tokens compare with the other's; alike: within a tenth of the longer one |
/// | kind/K | the rater is a `user`, `labeler`, `webhook` or `simulated` |
///
/// @param groups share of the pairs that it is right on, by group
public record Breakdown(SortedMap<String, WilsonInterval> groups) {
    private static final int RELEASES = 4;
    private static final int ALIKE = 10;

    public Breakdown {
        groups = new TreeMap<>(groups);
    }

    /// Of the decided ones of `pairs`.
    public static Breakdown of(Reward model, List<SourcedPair> pairs) {
        List<SourcedPair> decided = pairs.stream().filter(SourcedPair::decided).toList();
        double[] right = SourcedPair.right(model, decided);
        List<Instant> times = decided.stream().map(pair -> pair.source().at()).sorted().toList();
        Set<String> releases = greatest(decided);
        List<Function<SourcedPair, String>> dimensions =
                List.of(
                        pair -> age(pair.source().at(), times),
                        pair -> arm(pair.source(), releases),
                        pair -> length(pair.pair()),
                        pair -> kind(pair.source()));
        Map<String, double[]> sums = new TreeMap<>(); // right, pairs
        for (int i = 0; i < right.length; i++) {
            for (Function<SourcedPair, String> dimension : dimensions) {
                double[] sum =
                        sums.computeIfAbsent(dimension.apply(decided.get(i)), _ -> new double[2]);
                sum[0] += right[i];
                sum[1]++;
            }
        }
        SortedMap<String, WilsonInterval> groups = new TreeMap<>();
        sums.forEach((group, sum) -> groups.put(group, WilsonInterval.of(sum[0], sum[1])));
        return new Breakdown(groups);
    }

    /// `accuracy` and `pairs` of every group, below `prefix`.
    public SortedMap<String, Double> named(String prefix) {
        SortedMap<String, Double> named = new TreeMap<>();
        groups.forEach((group, accuracy) -> {
            named.put(prefix + "/" + group + "/accuracy", accuracy.share());
            named.put(prefix + "/" + group + "/pairs", accuracy.trials());
        });
        return named;
    }

    /// @param times of all pairs, in order
    private static String age(Instant at, List<Instant> times) {
        int quarter = 1;
        while (quarter < 4 && !at.isBefore(times.get(times.size() * quarter / 4))) {
            quarter++;
        }
        return "age/q" + quarter;
    }

    private static String arm(Example.Preference source, Set<String> releases) {
        String release = release(source);
        return "arm/"
                + (release == null ? "mixed" : releases.contains(release) ? release : "others");
    }

    /// The release of both answers; null where they are of two.
    private static @Nullable String release(Example.Preference source) {
        String a = source.a().release();
        return a != null && a.equals(source.b().release()) ? a : null;
    }

    /// The releases with the most pairs: a platform has more of them every day, and metrics names
    /// shall not grow with it.
    private static Set<String> greatest(List<SourcedPair> pairs) {
        Map<String, Long> counts = new TreeMap<>();
        for (SourcedPair pair : pairs) {
            String release = release(pair.source());
            if (release != null) {
                counts.merge(release, 1L, Long::sum);
            }
        }
        return counts.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(RELEASES)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private static String length(Pair pair) {
        int a = pair.aIds().size();
        int b = pair.bIds().size();
        if (Math.abs(a - b) * ALIKE <= Math.max(a, b)) {
            return "length/alike";
        }
        return a > b == pair.target() > 0.5 ? "length/longer" : "length/shorter";
    }

    private static String kind(Example.Preference source) {
        return "kind/" + source.provenance().raterKind().name().toLowerCase(Locale.ROOT);
    }
}
