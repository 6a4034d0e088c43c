package io.thumbwheel.feedback.simulation;

import io.thumbwheel.feedback.simulation.Crowd.Kind;
import io.thumbwheel.feedback.simulation.Crowd.Scenario;
import io.thumbwheel.feedback.trust.Assessment;
import io.thumbwheel.feedback.trust.Statement;
import io.thumbwheel.feedback.trust.Statement.Said;
import io.thumbwheel.feedback.trust.TrustModel;
import io.thumbwheel.feedback.trust.TrustRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What the safeguards are worth: how well a linear reward model, trained on what a crowd says with
/// the weights that trust gives, orders answers that nobody has seen.
public final class TrustSimulation {
    private static final int TEST_PAIRS = 4_000;
    private static final double RATER_SHARE = 0.01;

    private static final Scenario NO_TROLLS = mixed(0);
    private static final List<Scenario> SCENARIOS =
            List.of(
                    NO_TROLLS,
                    mixed(0.05),
                    mixed(0.2),
                    mixed(0.4),
                    new Scenario("20% contrary", 200, 0.2, true, 0, 0.1, true),
                    new Scenario("40% contrary", 200, 0.4, true, 0, 0.1, true),
                    new Scenario("40% contrary, no gold", 200, 0.4, true, 0, 0.1, false),
                    new Scenario("20% trolls, nothing shared", 200, 0.2, false, 0, 0, false),
                    new Scenario("6 coordinated", 200, 0, false, 6, 0.1, true));

    private static final Map<String, Safeguards> SAFEGUARDS = safeguards();

    private TrustSimulation() {}

    private record Safeguards(TrustRules rules, boolean raterCap) {}

    /// Means over the seeds.
    ///
    /// @param accuracy on unseen pairs
    /// @param worst the least of them
    /// @param kept share of the gain over chance that there is without trolls and safeguards
    /// @param falsePositives share of the honest that were set aside
    /// @param minority share of those with a taste of their own that were
    /// @param found share of the others that were; 0 where there are none
    public record Row(
            String crowd,
            String safeguards,
            double accuracy,
            double worst,
            double kept,
            double falsePositives,
            double minority,
            double found) {

        /// As a line of a table in Markdown.
        public String line() {
            return String.format(
                    Locale.ROOT,
                    "| %s | %s | %.1f%% | %.1f%% | %.0f%% | %.1f%% | %.1f%% | %.0f%% |",
                    crowd,
                    safeguards,
                    100 * accuracy,
                    100 * worst,
                    100 * kept,
                    100 * falsePositives,
                    100 * minority,
                    100 * found);
        }
    }

    /// Every crowd with every safeguard on and off.
    ///
    /// @param seeds as many crowds of each kind
    public static List<Row> rows(List<Long> seeds) {
        List<Row> rows = new ArrayList<>();
        double base = 0;
        for (Scenario scenario : SCENARIOS) {
            for (String name : SAFEGUARDS.keySet()) {
                Row row = row(scenario, name, seeds, base);
                if (base == 0) {
                    base = row.accuracy() - 0.5;
                    row = row(scenario, name, seeds, base);
                }
                rows.add(row);
            }
        }
        return rows;
    }

    /// One crowd with all safeguards on, beside one without trolls and with all of them off.
    ///
    /// @param trolls share of the raters
    public static Row guarded(double trolls, List<Long> seeds) {
        double base = row(NO_TROLLS, "none", seeds, 1).accuracy() - 0.5;
        return row(mixed(trolls), "all", seeds, base);
    }

    private static Scenario mixed(double trolls) {
        return new Scenario(
                String.format(Locale.ROOT, "%.0f%% trolls", 100 * trolls),
                200,
                trolls,
                false,
                0,
                0.1,
                true);
    }

    private static Map<String, Safeguards> safeguards() {
        Map<String, Safeguards> all = new LinkedHashMap<>();
        all.put("none", new Safeguards(rules(false, false, false), false));
        all.put("all", new Safeguards(rules(true, true, true), true));
        all.put("all but weights", new Safeguards(rules(false, true, true), true));
        all.put("all but quarantine", new Safeguards(rules(true, false, true), true));
        all.put("all but caps", new Safeguards(rules(true, true, false), false));
        return all;
    }

    private static TrustRules rules(boolean weights, boolean quarantine, boolean caps) {
        TrustRules usual = TrustRules.DEFAULT;
        return new TrustRules(
                weights,
                quarantine,
                caps,
                usual.falseDiscoveries(),
                usual.networkShare(),
                usual.sourceShare());
    }

    private static Row row(Scenario scenario, String safeguards, List<Long> seeds, double base) {
        Safeguards on =
                SAFEGUARDS.getOrDefault(safeguards, new Safeguards(rules(true, true, true), true));
        double accuracy = 0;
        double worst = 1;
        double[] aside = new double[3]; // honest, minority, others
        for (long seed : seeds) {
            Crowd crowd = new Crowd(scenario, seed);
            List<Assessment> assessments =
                    TrustModel.assess(crowd.statements(), crowd.gold(), on.rules());
            double right = crowd.accuracy(direction(crowd, assessments, on), TEST_PAIRS);
            accuracy += right / seeds.size();
            worst = Math.min(worst, right);
            aside[0] += share(crowd, assessments, Kind::honest) / seeds.size();
            aside[1] += share(crowd, assessments, kind -> kind == Kind.MINORITY) / seeds.size();
            aside[2] += share(crowd, assessments, kind -> !kind.honest()) / seeds.size();
        }
        return new Row(
                scenario.name(),
                safeguards,
                accuracy,
                worst,
                (accuracy - 0.5) / base,
                aside[0],
                aside[1],
                aside[2]);
    }

    private static double share(
            Crowd crowd, List<Assessment> assessments, java.util.function.Predicate<Kind> of) {
        int all = 0;
        int aside = 0;
        for (Assessment assessment : assessments) {
            if (of.test(crowd.kinds().getOrDefault(assessment.rater(), Kind.HONEST))) {
                all++;
                aside += assessment.quarantined() ? 1 : 0;
            }
        }
        return all == 0 ? 0 : (double) aside / all;
    }

    /// As the trainer does: quarantine is weight 0, no rater beyond the cap, mean weight 1.
    private static double[] direction(
            Crowd crowd, List<Assessment> assessments, Safeguards safeguards) {
        Map<String, Double> weights = new HashMap<>();
        Map<String, Double> totals = new HashMap<>();
        for (Assessment one : assessments) {
            double weight = one.quarantined() ? 0 : one.weight();
            weights.put(one.rater(), weight);
            totals.put(one.rater(), weight * one.opinions());
        }
        if (safeguards.raterCap()) {
            TrustModel.capped(totals, RATER_SHARE)
                    .forEach((rater, factor) ->
                            weights.merge(rater, factor, (weight, by) -> weight * by));
        }
        double sum = 0;
        int count = 0;
        for (Statement statement : crowd.statements()) {
            double weight = weights.getOrDefault(statement.rater(), 0.0);
            sum += weight;
            count += weight > 0 ? 1 : 0;
        }
        LinearScorer scorer = new LinearScorer();
        for (Statement statement : crowd.statements()) {
            double weight = weights.getOrDefault(statement.rater(), 0.0) * count / sum;
            if (weight > 0) {
                add(crowd, statement, weight, scorer);
            }
        }
        return scorer.fit();
    }

    private static void add(Crowd crowd, Statement statement, double weight, LinearScorer scorer) {
        double[] x =
                java.util.Arrays.copyOf(
                        crowd.features(statement.about().getFirst()), Crowd.FEATURES + 1);
        if (statement.said() instanceof Said.Chose(int best, _)) {
            double[] other = crowd.features(statement.about().getLast());
            for (int i = 0; i < other.length; i++) {
                x[i] -= other[i];
            }
            scorer.add(x, best == 0, weight);
        } else if (statement.said() instanceof Said.Thumbed(boolean up)) {
            x[Crowd.FEATURES] = 1;
            scorer.add(x, up, weight);
        }
    }
}
