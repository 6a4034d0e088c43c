package io.thumbwheel.feedback.trust;

import io.thumbwheel.feedback.trust.Finding.Test;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Looks for raters who say what another one said: more alike on what both voted on than two people
/// are, or in the same words.
///
/// Who share a taste agree with each other more than with the rest, and that is no offence: so the
/// null is not independence but an agreement of 90%, above any that has been reported of people
/// (73% of InstructGPT's labelers, 77% of its best, arXiv:2203.02155 section 3.4). It takes about
/// 90 items in common to tell a perfect copy from that. Of a group, whoever mostly voted first
/// keeps the trust: else anybody could have anybody set aside by copying.
final class CopyCats {
    private static final double HUMAN_AGREEMENT = 0.9;
    private static final int LEAST_COMMON = 20;
    private static final int MOST_VOTES = 64;
    private static final int LEAST_TEXTS = 3;

    private CopyCats() {}

    private record Two(int first, int second) {}

    private static final class Common {
        private int items;
        private int alike;
        private int secondLater;

        int later(Two two) {
            return 2 * secondLater >= items ? two.second() : two.first();
        }
    }

    /// Who votes as somebody did before.
    static List<Finding> votes(List<Vote> votes, List<String> names) {
        Map<Long, Map<Integer, Vote>> byItem = new TreeMap<>();
        for (Vote vote : votes) {
            Map<Integer, Vote> voters = byItem.computeIfAbsent(vote.item(), _ -> new TreeMap<>());
            if (voters.size() < MOST_VOTES || voters.containsKey(vote.rater())) {
                voters.put(vote.rater(), vote);
            }
        }
        Map<Two, Common> pairs = new HashMap<>();
        byItem.values().forEach(voters -> count(new ArrayList<>(voters.values()), pairs));
        List<Finding> findings = new ArrayList<>();
        pairs.forEach((two, common) -> {
            if (common.items >= LEAST_COMMON) {
                findings.add(
                        new Finding(
                                common.later(two),
                                Test.COPY,
                                Tail.atLeast(common.alike, common.items, HUMAN_AGREEMENT),
                                true,
                                "says the same as %s on %d of %d items, mostly later"
                                        .formatted(
                                                names.get(
                                                        two.first()
                                                                + two.second()
                                                                - common.later(two)),
                                                common.alike,
                                                common.items)));
            }
        });
        findings.sort(
                Comparator.comparingDouble(Finding::pValue)
                        .thenComparingInt(Finding::rater)
                        .thenComparing(Finding::why));
        return findings;
    }

    private static void count(List<Vote> voters, Map<Two, Common> pairs) {
        for (int i = 0; i < voters.size(); i++) {
            Vote one = voters.get(i);
            for (Vote other : voters.subList(i + 1, voters.size())) {
                Common common =
                        pairs.computeIfAbsent(
                                new Two(one.rater(), other.rater()), _ -> new Common());
                common.items++;
                common.alike += one.yes() == other.yes() ? 1 : 0;
                common.secondLater += other.at().isBefore(one.at()) ? 0 : 1;
            }
        }
    }

    /// Who uses somebody else's words, several times.
    static List<Finding> texts(List<Statement> statements, Map<String, Integer> raters) {
        Map<Long, Integer> author = new HashMap<>();
        Map<Integer, Set<Long>> copied = new TreeMap<>();
        for (Statement statement : statements) {
            if (statement.text() != 0) {
                int rater = raters.getOrDefault(statement.rater(), -1);
                int first = author.computeIfAbsent(statement.text(), _ -> rater);
                if (first != rater) {
                    copied.computeIfAbsent(rater, _ -> new HashSet<>()).add(statement.text());
                }
            }
        }
        List<Finding> findings = new ArrayList<>();
        copied.forEach((rater, texts) -> {
            if (texts.size() >= LEAST_TEXTS) {
                findings.add(
                        new Finding(
                                rater,
                                Test.SAME_TEXT,
                                0,
                                true,
                                "wrote %d texts of 20 letters or more that others had written before"
                                        .formatted(texts.size())));
            }
        });
        return findings;
    }
}
