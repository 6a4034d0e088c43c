package io.thumbwheel.trainer.reward;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How lenient each rater is: the score b at which a rater gives either thumb as easily (or a mean
/// rating), so that what is left of a thumb is about the answer.
///
/// With the scores held, each b is the exact minimum of the rater's losses and of a penalty `½ (b −
/// b̄)²`: a normal prior by which raters differ by one unit of log-odds. b̄ is the b of all
/// verdicts together, with the same penalty on its distance from their mean score, so that one kind
/// of thumb alone moves it no further than it can be told. Adding a constant to all scores adds it
/// to every b.
///
/// @param thumbs of thumbs
/// @param ratings of ratings
record Thresholds(Scale thumbs, Scale ratings) {

    /// Precision of the prior on a rater's distance from b̄.
    static final double PENALTY = 1;

    private static final int BISECTIONS = 60;

    /// Where nobody gave a single verdict.
    static final Thresholds NONE = new Thresholds(new Scale(Map.of(), 0), new Scale(Map.of(), 0));

    /// @param byRater b of each rater
    /// @param common b̄, which holds for a rater without verdicts
    record Scale(Map<String, Double> byRater, double common) {
        Scale {
            byRater = Map.copyOf(byRater);
        }

        /// b of the rater.
        double of(String rater) {
            return byRater.getOrDefault(rater, common);
        }
    }

    /// @param scores of the opinions' answers, opinion after opinion [answers]
    static Thresholds fit(List<? extends Opinion> opinions, double[] scores) {
        Map<String, List<Verdict>> thumbs = new LinkedHashMap<>();
        Map<String, List<Verdict>> ratings = new LinkedHashMap<>();
        int row = 0;
        for (Opinion opinion : opinions) {
            double score = scores[row];
            switch (opinion) {
                case Opinion.Thumb(_, var up, var weight, var rater) ->
                        thumbs.computeIfAbsent(rater, _ -> new ArrayList<>())
                                .add(new ThumbGiven(score, up ? 1 : 0, weight));
                case Opinion.Rating(_, var value, var weight, var rater) ->
                        ratings.computeIfAbsent(rater, _ -> new ArrayList<>())
                                .add(new RatingGiven(score - value, weight));
                case Pair _, Opinion.Ranking _, Opinion.Pick _ -> {}
            }
            row += opinion.answers().size();
        }
        return new Thresholds(scale(thumbs), scale(ratings));
    }

    /// What one verdict says of b.
    private sealed interface Verdict {
        /// A b that it finds plausible.
        double at();

        double weight();

        /// The slope of its loss in b, rising with b.
        double slope(double b);
    }

    /// Loss `−y log σ(r − b) − (1 − y) log σ(b − r)`.
    private record ThumbGiven(double at, double target, double weight) implements Verdict {
        @Override
        public double slope(double b) {
            return target - 1 / (1 + Math.exp(b - at));
        }
    }

    /// Loss `½ (r − b − y)²`.
    private record RatingGiven(double at, double weight) implements Verdict {
        @Override
        public double slope(double b) {
            return b - at;
        }
    }

    private static Scale scale(Map<String, List<Verdict>> byRater) {
        List<Verdict> all = byRater.values().stream().flatMap(List::stream).toList();
        double total = Math.max(all.stream().mapToDouble(Verdict::weight).sum(), 1e-8);
        double centre = all.stream().mapToDouble(v -> v.weight() * v.at()).sum() / total;
        double common = minimum(all, centre);
        Map<String, Double> fitted = new LinkedHashMap<>();
        byRater.forEach((rater, verdicts) -> fitted.put(rater, minimum(verdicts, common)));
        return new Scale(fitted, common);
    }

    /// Where the slope of the verdicts' losses and of the penalty is zero.
    private static double minimum(List<Verdict> verdicts, double centre) {
        double low = centre;
        double high = centre;
        double pull = 0;
        for (Verdict verdict : verdicts) {
            low = Math.min(low, verdict.at());
            high = Math.max(high, verdict.at());
            pull += verdict.weight() / PENALTY;
        }
        low -= pull;
        high += pull;
        for (int i = 0; i < BISECTIONS; i++) {
            double b = (low + high) / 2;
            double slope = PENALTY * (b - centre);
            for (Verdict verdict : verdicts) {
                slope += verdict.weight() * verdict.slope(b);
            }
            if (slope < 0) {
                low = b;
            } else {
                high = b;
            }
        }
        return (low + high) / 2;
    }
}
