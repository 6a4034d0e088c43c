package io.thumbwheel.feedback.trust;

import io.thumbwheel.feedback.trust.Statement.Said;
import io.thumbwheel.feedback.trust.Statement.Seen;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What a rater answered to a question that others may have answered too: what agreement is
/// measured on. A ranking is the answers to which of each two is better: those are not independent,
/// and so have a scale of their own beside picks.
///
/// @param item digest of what was asked
/// @param value on the scale
public record Answered(
        long item, Scale scale, String rater, RaterKind source, int value, Instant at) {

    /// What can be answered.
    public enum Scale {
        /// 0 or 1: which of two; 2: neither. Nominal.
        PICK,
        /// 0 or 1. Nominal.
        THUMB,
        /// As for picks, of each pair of a ranking. Nominal.
        RANKING,
        /// 1 to 7. Ordinal.
        RATING
    }

    /// The answers in statements.
    public static List<Answered> of(List<Statement> statements) {
        List<Answered> answers = new ArrayList<>();
        for (Statement statement : statements) {
            List<Seen> about = statement.about();
            if (about.isEmpty()) {
                continue;
            }
            switch (statement.said()) {
                case Said.Chose(int best, _) -> {
                    if (about.size() == 2) {
                        boolean first = Vote.isFirst(about.get(best), about.get(1 - best));
                        add(statement, comparison(about), Scale.PICK, first ? 0 : 1, answers);
                    }
                }
                case Said.Tied _ -> {
                    if (about.size() == 2) {
                        add(statement, comparison(about), Scale.PICK, 2, answers);
                    }
                }
                case Said.Thumbed(boolean up) ->
                        add(statement, judgement(about), Scale.THUMB, up ? 1 : 0, answers);
                case Said.Rated(int value) ->
                        add(statement, judgement(about), Scale.RATING, value, answers);
                case Said.Ranked(var order) -> ranked(statement, order, answers);
                case Said.Wrote _ -> {}
            }
        }
        return answers;
    }

    private static void ranked(
            Statement statement, List<List<Integer>> order, List<Answered> answers) {
        List<Seen> about = statement.about();
        int[] ranks = new int[about.size()];
        for (int rank = 0; rank < order.size(); rank++) {
            for (int choice : order.get(rank)) {
                ranks[choice] = rank + 1;
            }
        }
        for (int i = 0; i < ranks.length; i++) {
            for (int j = i + 1; j < ranks.length; j++) {
                Seen one = about.get(i);
                Seen other = about.get(j);
                // 0 where the answer was not ranked at all.
                if (ranks[i] > 0 && ranks[j] > 0 && one.digest() != other.digest()) {
                    boolean first = ranks[i] < ranks[j] == Vote.isFirst(one, other);
                    int value = ranks[i] == ranks[j] ? 2 : first ? 0 : 1;
                    add(statement, Vote.comparison(one, other), Scale.RANKING, value, answers);
                }
            }
        }
    }

    private static long comparison(List<Seen> about) {
        return Vote.comparison(about.getFirst(), about.getLast());
    }

    private static long judgement(List<Seen> about) {
        return Vote.judgement(about.getFirst());
    }

    private static void add(
            Statement statement, long item, Scale scale, int value, List<Answered> answers) {
        answers.add(
                new Answered(
                        item, scale, statement.rater(), statement.kind(), value, statement.at()));
    }
}
