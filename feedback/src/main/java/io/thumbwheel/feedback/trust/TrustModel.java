package io.thumbwheel.feedback.trust;

import io.thumbwheel.feedback.trust.DawidSkene.Estimate;
import io.thumbwheel.feedback.trust.DawidSkene.Prior;
import io.thumbwheel.feedback.trust.Finding.Test;
import io.thumbwheel.feedback.trust.Vote.Task;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// How far each rater is believed. The weight of a rater is information × tenure:
///
/// Information is `P(yes|yes) + P(no|no) − 1`, 2p − 1 for who is right with probability p, by
/// [DawidSkene]. A weighted sum of votes tells best what is true with weights log(p/(1 − p))
/// (Nitzan & Paroush, "Optimal decision rules in uncertain dichotomous choice situations",
/// International Economic Review 23, 1982), which is 2·atanh(2p − 1); the first term of that is
/// bounded, and its square is what Karger, Oh & Shah call a crowd's quality (NIPS 2011). Tenure
/// makes new raters weigh little ([TrustRules]).
///
/// Whom a test finds out is set aside, and what the others agree on is estimated anew without them.
/// Nothing is kept from one time to the next: with other evidence, a quarantine lifts.
public final class TrustModel {
    private static final int LEAST_CHECKED = 10;
    private static final double CONTRARY_SHARE = 0.4;
    private static final double ABOVE_CHANCE = 0.05;

    private final List<Statement> statements;
    private final TrustRules rules;
    private final Map<String, Integer> raters = new TreeMap<>();
    private final List<String> names;
    private final List<RaterKind> kinds = new ArrayList<>();
    private final List<Prior> priors = new ArrayList<>();

    private TrustModel(List<Statement> statements, TrustRules rules) {
        this.statements = statements;
        this.rules = rules;
        Map<String, RaterKind> byName = new TreeMap<>();
        statements.forEach(statement -> byName.put(statement.rater(), statement.kind()));
        byName.forEach((name, kind) -> {
            raters.put(name, raters.size());
            kinds.add(kind);
            priors.add(TrustRules.prior(kind));
        });
        names = List.copyOf(byName.keySet());
    }

    /// Assesses.
    ///
    /// @param statements opinions that hold, by time
    /// @param gold what is known to be right, by digest of what was asked
    /// @return everybody who said something, by pseudonym
    public static List<Assessment> assess(
            List<Statement> statements, Map<Long, Boolean> gold, TrustRules rules) {
        return new TrustModel(statements, rules).assess(gold);
    }

    /// Factors that leave nobody more than the greater of a least share and twice the even share.
    ///
    /// @param weights by name
    public static Map<String, Double> capped(Map<String, Double> weights, double least) {
        return ShareCap.factors(weights, least);
    }

    private List<Assessment> assess(Map<Long, Boolean> gold) {
        // 1. Who is right how often, with everybody heard.
        List<Vote> votes = Vote.of(statements, raters);
        List<Estimate> heard = DawidSkene.of(votes, priors, gold, Set.of());
        // 2. Who is found out.
        Map<Integer, List<Finding>> found = rules.quarantine() ? findings(votes, heard) : Map.of();
        // 3. The same without those.
        List<Estimate> estimates =
                found.isEmpty() ? heard : DawidSkene.of(votes, priors, gold, found.keySet());
        // 4. What each weighs, and what networks and sources leave of it.
        return weighed(estimates, found);
    }

    private Map<Integer, List<Finding>> findings(List<Vote> votes, List<Estimate> estimates) {
        List<List<Finding>> tests =
                List.of(
                        contrary(estimates),
                        Habits.oneSided(statements, raters),
                        Habits.length(statements, raters),
                        Bursts.of(statements, raters),
                        CopyCats.votes(votes, names),
                        CopyCats.texts(statements, raters));
        Map<Integer, List<Finding>> found = new TreeMap<>();
        for (List<Finding> test : tests) {
            for (Finding finding : Finding.holding(test, rules.falseDiscoveries())) {
                if (!excused(finding, estimates.get(finding.rater()))) {
                    found.computeIfAbsent(finding.rater(), _ -> new ArrayList<>()).add(finding);
                }
            }
        }
        return found;
    }

    /// Who is right less often than by chance, as far as others or gold tell.
    private static List<Finding> contrary(List<Estimate> estimates) {
        List<Finding> findings = new ArrayList<>();
        for (int rater = 0; rater < estimates.size(); rater++) {
            Estimate estimate = estimates.get(rater);
            int checked = estimate.checked();
            if (checked >= LEAST_CHECKED) {
                findings.add(
                        new Finding(
                                rater,
                                Test.CONTRARY,
                                Tail.atMost(estimate.agreed(), checked, 0.5),
                                estimate.agreed() <= CONTRARY_SHARE * checked,
                                "agrees with others or gold on %d of %d, fewer than by chance"
                                        .formatted(estimate.agreed(), checked)));
            }
        }
        return findings;
    }

    /// A habit of someone who agrees with others more than by chance is a taste.
    private static boolean excused(Finding finding, Estimate estimate) {
        return switch (finding.test()) {
            case ONE_SIDED, LENGTH ->
                    estimate.checked() >= LEAST_CHECKED
                            && Tail.atLeast(estimate.agreed(), estimate.checked(), 0.5)
                                    <= ABOVE_CHANCE;
            case CONTRARY, BURST, COPY, SAME_TEXT -> false;
        };
    }

    private List<Assessment> weighed(List<Estimate> estimates, Map<Integer, List<Finding>> found) {
        List<List<Statement>> own = new ArrayList<>();
        names.forEach(_ -> own.add(new ArrayList<>()));
        statements.forEach(
                statement -> own.get(raters.getOrDefault(statement.rater(), -1)).add(statement));
        double[] information = new double[names.size()];
        double[] weights = new double[names.size()];
        for (int rater = 0; rater < weights.length; rater++) {
            information[rater] = information(own.get(rater), estimates.get(rater));
            weights[rater] =
                    rules.weights() ? weight(rater, own.get(rater), information[rater]) : 1;
        }
        double[] factors = factors(own, weights, found.keySet());
        List<Assessment> assessments = new ArrayList<>();
        for (int rater = 0; rater < weights.length; rater++) {
            assessments.add(
                    assessment(
                            rater,
                            own.get(rater),
                            estimates.get(rater),
                            information[rater],
                            weights[rater] * factors[rater],
                            factors[rater],
                            found.getOrDefault(rater, List.of())));
        }
        return assessments;
    }

    /// Over the tasks, by how much the rater says of each.
    private static double information(List<Statement> own, Estimate estimate) {
        double comparisons = 0;
        for (Statement statement : own) {
            comparisons +=
                    switch (statement.said()) {
                        case Statement.Said.Chose _,
                                Statement.Said.Ranked _,
                                Statement.Said.Tied _ ->
                                1;
                        case Statement.Said.Thumbed _,
                                Statement.Said.Rated _,
                                Statement.Said.Wrote _ ->
                                0;
                    };
        }
        double share = comparisons / own.size();
        return share * estimate.information().getOrDefault(Task.COMPARISON, 0.0)
                + (1 - share) * estimate.information().getOrDefault(Task.JUDGEMENT, 0.0);
    }

    private double weight(int rater, List<Statement> own, double information) {
        double days =
                Duration.between(own.getFirst().at(), own.getLast().at()).toMillis()
                        / (double) Duration.ofDays(1).toMillis();
        return Math.max(
                TrustRules.LEAST_WEIGHT,
                information * TrustRules.tenure(kinds.get(rater), own.size(), days));
    }

    /// What the caps leave of each opinion, by its network and by whose key it came with.
    private double[] factors(List<List<Statement>> own, double[] weights, Set<Integer> aside) {
        Map<String, Double> networks = new HashMap<>();
        Map<String, Double> tenants = new HashMap<>();
        for (int rater = 0; rater < weights.length; rater++) {
            if (!aside.contains(rater)) {
                for (Statement statement : own.get(rater)) {
                    if (statement.network() != null) {
                        networks.merge(statement.network(), weights[rater], Double::sum);
                    }
                    if (statement.tenant() != null) {
                        tenants.merge(statement.tenant(), weights[rater], Double::sum);
                    }
                }
            }
        }
        Map<String, Double> byNetwork =
                rules.caps() ? ShareCap.factors(networks, rules.networkShare()) : Map.of();
        Map<String, Double> byTenant =
                rules.caps() ? ShareCap.factors(tenants, rules.sourceShare()) : Map.of();
        double[] factors = new double[weights.length];
        for (int rater = 0; rater < weights.length; rater++) {
            for (Statement statement : own.get(rater)) {
                String network = statement.network();
                String tenant = statement.tenant();
                factors[rater] +=
                        (network == null ? 1 : byNetwork.getOrDefault(network, 1.0))
                                * (tenant == null ? 1 : byTenant.getOrDefault(tenant, 1.0))
                                / own.get(rater).size();
            }
        }
        return factors;
    }

    private Assessment assessment(
            int rater,
            List<Statement> own,
            Estimate estimate,
            double information,
            double weight,
            double factor,
            List<Finding> findings) {
        return new Assessment(
                names.get(rater),
                kinds.get(rater),
                Math.max(0.01, Math.round(weight * 100) / 100.0),
                !findings.isEmpty(),
                List.copyOf(
                        findings.stream()
                                .map(finding -> finding.test().toString())
                                .collect(Collectors.toCollection(TreeSet::new))),
                why(own, estimate, information, factor, findings),
                own.size(),
                estimate.checked(),
                estimate.agreed(),
                information,
                own.getFirst().at(),
                own.getLast().at());
    }

    private static String why(
            List<Statement> own,
            Estimate estimate,
            double information,
            double factor,
            List<Finding> findings) {
        if (!findings.isEmpty()) {
            return findings.stream()
                    .limit(3)
                    .map(finding ->
                            String.format(
                                    Locale.ROOT,
                                    "%s: %s (p = %.1e)",
                                    finding.test(),
                                    finding.why(),
                                    finding.pValue()))
                    .collect(Collectors.joining("; "));
        }
        String known =
                estimate.checked() == 0
                        ? "nothing to compare with"
                        : "agrees with others or gold on %d of %d"
                                .formatted(estimate.agreed(), estimate.checked());
        String capped =
                factor > 0.995
                        ? ""
                        : ", capped to %s by network or source".formatted(Habits.percent(factor));
        return String.format(
                Locale.ROOT,
                "%d opinions over %d days, %s: information %.2f%s",
                own.size(),
                Duration.between(own.getFirst().at(), own.getLast().at()).toDays(),
                known,
                information,
                capped);
    }
}
