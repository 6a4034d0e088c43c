package io.thumbwheel.feedback.trust;

import io.thumbwheel.feedback.trust.Finding.Test;
import io.thumbwheel.feedback.trust.Statement.Said;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Looks for raters who choose by where an answer stands or how long it is, and not by what it
/// says: exact binomial tests of their picks of two, against what everybody else does. People lean
/// to one side and to longer answers a little; an honest liking of long answers is everybody's.
public final class Habits {
    private static final int LEAST_PICKS = 15;
    private static final double ONE_SIDED_SHARE = 0.85;
    private static final double LENGTH_SHARE = 0.95;
    private static final double LEAST_CHANCE = 0.3;
    private static final double MOST_CHANCE = 0.7;

    private Habits() {}

    /// Who always takes the one on one side.
    static List<Finding> oneSided(List<Statement> statements, Map<String, Integer> raters) {
        int[][] counts = counts(statements, raters, true);
        List<Finding> findings = new ArrayList<>();
        forEachTested(
                counts,
                (rater, first, picks, others) -> {
                    double share = (double) first / picks;
                    findings.add(
                            new Finding(
                                    rater,
                                    Test.ONE_SIDED,
                                    Tail.twoSided(first, picks, clamp(others)),
                                    Math.max(share, 1 - share) >= ONE_SIDED_SHARE,
                                    "took the answer shown first in %d of %d picks, others in %s"
                                            .formatted(first, picks, percent(others))));
                });
        return findings;
    }

    /// Who always takes the longer or the shorter one, where hardly anybody else does.
    static List<Finding> length(List<Statement> statements, Map<String, Integer> raters) {
        int[][] counts = counts(statements, raters, false);
        List<Finding> findings = new ArrayList<>();
        forEachTested(
                counts,
                (rater, longer, picks, others) -> {
                    double share = (double) longer / picks;
                    findings.add(
                            new Finding(
                                    rater,
                                    Test.LENGTH,
                                    Tail.twoSided(longer, picks, Math.clamp(others, 0.01, 0.99)),
                                    Math.max(share, 1 - share) >= LENGTH_SHARE,
                                    "took the longer answer in %d of %d picks, others in %s"
                                            .formatted(longer, picks, percent(others))));
                });
        return findings;
    }

    /// Whether the pick of two was of the answer shown first; empty where that is not known.
    public static Optional<Boolean> tookFirst(Statement statement) {
        return statement.said() instanceof Said.Chose(int best, var shown) && shown.size() == 2
                ? Optional.of(shown.getFirst() == best)
                : Optional.empty();
    }

    /// Whether the pick of two was of the longer one; empty where that is not known or neither is.
    public static Optional<Boolean> tookLonger(Statement statement) {
        if (!(statement.said() instanceof Said.Chose(int best, _))
                || statement.about().size() != 2) {
            return Optional.empty();
        }
        int ahead = statement.about().get(best).tokens() - statement.about().get(1 - best).tokens();
        return ahead == 0 ? Optional.empty() : Optional.of(ahead > 0);
    }

    /// By rater: how many of how many.
    private static int[][] counts(
            List<Statement> statements, Map<String, Integer> raters, boolean bySide) {
        int[][] counts = new int[raters.size()][2];
        for (Statement statement : statements) {
            (bySide ? tookFirst(statement) : tookLonger(statement))
                    .ifPresent(took -> {
                        int[] count = counts[raters.getOrDefault(statement.rater(), -1)];
                        count[0] += took ? 1 : 0;
                        count[1]++;
                    });
        }
        return counts;
    }

    @FunctionalInterface
    private interface Visitor {
        void visit(int rater, int count, int of, double othersShare);
    }

    private static void forEachTested(int[][] counts, Visitor visitor) {
        int all = 0;
        int of = 0;
        for (int[] count : counts) {
            all += count[0];
            of += count[1];
        }
        for (int rater = 0; rater < counts.length; rater++) {
            int[] count = counts[rater];
            if (count[1] >= LEAST_PICKS) {
                double others = (all - count[0] + 1.0) / (of - count[1] + 2.0);
                visitor.visit(rater, count[0], count[1], others);
            }
        }
    }

    private static double clamp(double share) {
        return Math.clamp(share, LEAST_CHANCE, MOST_CHANCE);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f%%", 100 * share);
    }
}
