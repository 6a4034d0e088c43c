package io.thumbwheel.feedback.trust;

import io.thumbwheel.feedback.trust.Vote.Task;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How often each rater is right, where nobody says what is right: Dawid & Skene, "Maximum
/// likelihood estimation of observer error-rates using the EM algorithm" (Applied Statistics 28,
/// 1979), for two classes. E-step: what is true of item i, from the votes and the raters' error
/// rates,
///
/// `logit P(yes|votes) = logit π + Σ_r w_r log(P(vote|yes) / P(vote|no))`
///
/// M-step: the error rates, from what is likely true.
///
/// Departures: (1) the rates have Beta priors ([Prior]), so that few votes move them little and the
/// labels cannot switch; (2) a comparison's two errors are one (which answer is called the first is
/// chance); (3) π is ½ for comparisons; (4) gold items are known; (5) only items with votes of two
/// raters, or gold, take part: one vote alone says nothing of its rater.
final class DawidSkene {
    private static final int ITERATIONS = 50;
    private static final double ENOUGH = 1e-6;
    private static final double CERTAIN = 30;

    /// Odds at which what the others say counts as known: 4 to 1.
    private static final double CONFIDENT = Math.log(4);

    private final List<Item> items;
    private final List<Prior> priors;
    private final Map<Task, double[][][]> rates = new EnumMap<>(Task.class);
    private double judgedGood = 0.5;

    /// How well raters are believed to do before there is evidence: as if `right` votes had been
    /// right and `wrong` ones wrong, of each class.
    record Prior(double right, double wrong) {}

    private record Item(Task task, List<Vote> votes, @Nullable Boolean gold) {}

    /// What is known of a rater.
    ///
    /// @param information Youden's J of the votes, `P(yes|yes) + P(no|no) − 1`, which is 2p − 1 for
    ///   comparisons; −1 to 1, by task
    /// @param checked votes on items of which the others, or gold, make one answer likely
    /// @param agreed those of them that are that answer
    record Estimate(Map<Task, Double> information, int checked, int agreed) {}

    private DawidSkene(List<Item> items, List<Prior> priors) {
        this.items = items;
        this.priors = priors;
        for (Task task : Task.values()) {
            rates.put(task, new double[priors.size()][2][2]);
        }
    }

    /// Estimates.
    ///
    /// @param votes in any order
    /// @param priors by rater
    /// @param gold what is known, by item
    /// @param ignored raters whose votes say nothing of the items; they are still estimated
    /// @return by rater
    static List<Estimate> of(
            List<Vote> votes, List<Prior> priors, Map<Long, Boolean> gold, Set<Integer> ignored) {
        DawidSkene model = new DawidSkene(items(votes, gold), priors);
        double[] yes = model.items.stream().mapToDouble(item -> model.majority(item)).toArray();
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            model.maximise(yes);
            double change = 0;
            for (int i = 0; i < yes.length; i++) {
                double next = sigmoid(model.logOdds(model.items.get(i), -1, ignored));
                change = Math.max(change, Math.abs(next - yes[i]));
                yes[i] = next;
            }
            if (change < ENOUGH) {
                break;
            }
        }
        model.maximise(yes);
        return model.estimates(ignored);
    }

    private static List<Item> items(List<Vote> votes, Map<Long, Boolean> gold) {
        Map<Long, List<Vote>> byItem = new TreeMap<>();
        votes.forEach(
                vote -> byItem.computeIfAbsent(vote.item(), _ -> new ArrayList<>()).add(vote));
        List<Item> items = new ArrayList<>();
        byItem.forEach((id, about) -> {
            Set<Integer> raters = new HashSet<>();
            about.forEach(vote -> raters.add(vote.rater()));
            if (raters.size() > 1 || gold.containsKey(id)) {
                about.sort(Comparator.comparingInt(Vote::rater).thenComparing(Vote::at));
                items.add(new Item(about.getFirst().task(), about, gold.get(id)));
            }
        });
        return items;
    }

    /// Where to begin: the share of yes, pulled a little towards one half.
    private double majority(Item item) {
        double yes = 0.5;
        double all = 1;
        for (Vote vote : item.votes()) {
            yes += vote.yes() ? vote.weight() : 0;
            all += vote.weight();
        }
        return item.gold() == null ? yes / all : item.gold() ? 1 : 0;
    }

    /// Sets the rates `rate[rater][truth][vote]` to what the items say.
    private void maximise(double[] yes) {
        double good = 1;
        double judged = 2;
        for (Task task : Task.values()) {
            double[][][] counts = new double[priors.size()][2][2];
            for (int i = 0; i < items.size(); i++) {
                Item item = items.get(i);
                if (item.task() != task) {
                    continue;
                }
                for (Vote vote : item.votes()) {
                    double[][] count = counts[vote.rater()];
                    count[1][vote.yes() ? 1 : 0] += vote.weight() * yes[i];
                    count[0][vote.yes() ? 1 : 0] += vote.weight() * (1 - yes[i]);
                }
                good += task == Task.JUDGEMENT ? yes[i] : 0;
                judged += task == Task.JUDGEMENT ? 1 : 0;
            }
            for (int rater = 0; rater < counts.length; rater++) {
                rates(counts[rater], priors.get(rater), task, rate(task, rater));
            }
        }
        judgedGood = good / judged;
    }

    private static void rates(double[][] counts, Prior prior, Task task, double[][] into) {
        for (int truth = 0; truth < 2; truth++) {
            double right = counts[truth][truth] + prior.right();
            double wrong = counts[truth][1 - truth] + prior.wrong();
            if (task == Task.COMPARISON) {
                right += counts[1 - truth][1 - truth];
                wrong += counts[1 - truth][truth];
            }
            into[truth][truth] = right / (right + wrong);
            into[truth][1 - truth] = wrong / (right + wrong);
        }
    }

    private double[][] rate(Task task, int rater) {
        double[][][] all = rates.get(task);
        if (all == null) {
            throw new IllegalStateException("every task has rates");
        }
        return all[rater];
    }

    /// What is likely of an item.
    ///
    /// @param without a rater whose votes are left out; -1 for none
    private double logOdds(Item item, int without, Set<Integer> ignored) {
        if (item.gold() != null) {
            return item.gold() ? CERTAIN : -CERTAIN;
        }
        double prior = item.task() == Task.JUDGEMENT ? judgedGood : 0.5;
        double odds = Math.log(prior / (1 - prior));
        for (Vote vote : item.votes()) {
            if (vote.rater() != without && !ignored.contains(vote.rater())) {
                double[][] rate = rate(item.task(), vote.rater());
                int said = vote.yes() ? 1 : 0;
                odds += vote.weight() * Math.log(rate[1][said] / rate[0][said]);
            }
        }
        return odds;
    }

    private List<Estimate> estimates(Set<Integer> ignored) {
        int[] checked = new int[priors.size()];
        int[] agreed = new int[priors.size()];
        for (Item item : items) {
            for (Vote vote : item.votes()) {
                double others = logOdds(item, vote.rater(), ignored);
                boolean byMany = item.gold() != null || othersOn(item, vote, ignored);
                if (byMany && Math.abs(others) >= CONFIDENT) {
                    checked[vote.rater()]++;
                    agreed[vote.rater()] += others > 0 == vote.yes() ? 1 : 0;
                }
            }
        }
        List<Estimate> estimates = new ArrayList<>();
        for (int rater = 0; rater < priors.size(); rater++) {
            Map<Task, Double> information = new HashMap<>();
            for (Task task : Task.values()) {
                double[][] rate = rate(task, rater);
                information.put(task, rate[1][1] + rate[0][0] - 1);
            }
            estimates.add(new Estimate(information, checked[rater], agreed[rater]));
        }
        return estimates;
    }

    /// Whether somebody else voted: a prior alone makes nothing known.
    private static boolean othersOn(Item item, Vote own, Set<Integer> ignored) {
        return item.votes().stream()
                .anyMatch(vote -> vote.rater() != own.rater() && !ignored.contains(vote.rater()));
    }

    private static double sigmoid(double logOdds) {
        return 1 / (1 + Math.exp(-logOdds));
    }
}
