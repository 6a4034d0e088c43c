package io.thumbwheel.trainer.reward;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One answer against another: what a linear probe learns from and what accuracy is counted on.
///
/// @param a row of one answer in [Opinion#answersOf]
/// @param b row of the other
/// @param target probability that a is better
/// @param weight factor of its loss
/// @param rater pseudonym
public record Contest(int a, int b, double target, double weight, String rater) {
    /// Parts of a cross-validation.
    static final int FOLDS = 5;

    /// What people compared outright: pairs, the pairs of a ranking, a picked answer against each
    /// of the others.
    public static List<Contest> compared(List<? extends Opinion> opinions) {
        List<Contest> contests = new ArrayList<>();
        int row = 0;
        for (Opinion opinion : opinions) {
            int answers = opinion.answers().size();
            switch (opinion) {
                case Pair pair ->
                        contests.add(
                                new Contest(
                                        row, row + 1, pair.target(), pair.weight(), pair.rater()));
                case Opinion.Ranking ranking -> {
                    double weight = ranking.weight() / ranking.pairs();
                    for (int better = 0; better < answers; better++) {
                        for (int worse = better + 1; worse < answers; worse++) {
                            contests.add(
                                    new Contest(
                                            row + better, row + worse, 1, weight, ranking.rater()));
                        }
                    }
                }
                case Opinion.Pick pick -> {
                    double weight = pick.weight() / (answers - 1);
                    for (int other = 0; other < answers; other++) {
                        if (other != pick.best()) {
                            contests.add(
                                    new Contest(
                                            row + pick.best(),
                                            row + other,
                                            1,
                                            weight,
                                            pick.rater()));
                        }
                    }
                }
                case Opinion.Thumb _, Opinion.Rating _ -> {}
            }
            row += answers;
        }
        return contests;
    }

    /// Single verdicts of one rater set against each other, each used once at most: of two answers,
    /// one liked and one not, the liked one wins with odds that the rater's leniency cancels out of
    /// (conditional maximum likelihood in Rasch's model). The prompts differ.
    public static List<Contest> matched(List<? extends Opinion> opinions) {
        Map<String, List<Verdict>> thumbs = new LinkedHashMap<>();
        Map<String, List<Verdict>> ratings = new LinkedHashMap<>();
        int row = 0;
        for (Opinion opinion : opinions) {
            switch (opinion) {
                case Opinion.Thumb(_, var up, var weight, var rater) ->
                        thumbs.computeIfAbsent(rater, _ -> new ArrayList<>())
                                .add(new Verdict(row, up ? 1 : 0, weight));
                case Opinion.Rating(_, var value, var weight, var rater) ->
                        ratings.computeIfAbsent(rater, _ -> new ArrayList<>())
                                .add(new Verdict(row, value, weight));
                case Pair _, Opinion.Ranking _, Opinion.Pick _ -> {}
            }
            row += opinion.answers().size();
        }
        List<Contest> contests = new ArrayList<>();
        thumbs.forEach((rater, verdicts) -> match(rater, verdicts, contests));
        ratings.forEach((rater, verdicts) -> match(rater, verdicts, contests));
        return contests;
    }

    /// The fold of each pair: raters in the order of their names, in turn; pairs in turn where
    /// there are fewer raters than folds.
    static int[] folds(List<Contest> pairs) {
        List<String> raters = pairs.stream().map(Contest::rater).distinct().sorted().toList();
        int[] folds = new int[pairs.size()];
        for (int i = 0; i < folds.length; i++) {
            int place = raters.size() < FOLDS ? i : raters.indexOf(pairs.get(i).rater());
            folds[i] = place % FOLDS;
        }
        return folds;
    }

    private record Verdict(int row, double value, double weight) {}

    /// The lower half against the upper half.
    private static void match(String rater, List<Verdict> verdicts, List<Contest> contests) {
        List<Verdict> rising =
                verdicts.stream().sorted(Comparator.comparingDouble(Verdict::value)).toList();
        int half = rising.size() / 2;
        for (int i = 0; i < half; i++) {
            Verdict worse = rising.get(i);
            Verdict better = rising.get(rising.size() - half + i);
            if (worse.value() < better.value()) {
                contests.add(
                        new Contest(
                                better.row(),
                                worse.row(),
                                1,
                                (better.weight() + worse.weight()) / 2,
                                rater));
            }
        }
    }
}
