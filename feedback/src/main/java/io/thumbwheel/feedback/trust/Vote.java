package io.thumbwheel.feedback.trust;

import io.thumbwheel.feedback.trust.Statement.Said;
import io.thumbwheel.feedback.trust.Statement.Seen;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A yes or no of a rater about an item: whether one answer is better than another, or whether an
/// answer is good.
///
/// @param item digest of what was asked
/// @param task which of the two questions
/// @param rater index of the rater
/// @param yes the answer
/// @param weight how much of an opinion it is: an opinion among k answers is worth k − 1 in all,
///   since its pairs are not independent
/// @param at when
record Vote(long item, Task task, int rater, boolean yes, double weight, Instant at) {
    private static final int GOOD_RATING = 5;
    private static final int BAD_RATING = 3;

    /// What was asked.
    enum Task {
        /// Is the first better than the second? Which is the first depends on the digests, so both
        /// errors mean the same and either answer is right as often.
        COMPARISON,
        /// Is it good? A lenient rater errs to one side, and good answers may be many.
        JUDGEMENT
    }

    /// The votes in statements. Ties and middling ratings are none: they do not say which.
    ///
    /// @param raters index by pseudonym
    static List<Vote> of(List<Statement> statements, Map<String, Integer> raters) {
        List<Vote> votes = new ArrayList<>();
        for (Statement statement : statements) {
            if (!statement.about().isEmpty()) {
                add(statement, raters.getOrDefault(statement.rater(), -1), votes);
            }
        }
        return votes;
    }

    private static void add(Statement statement, int rater, List<Vote> votes) {
        List<Seen> about = statement.about();
        switch (statement.said()) {
            case Said.Chose(int best, _) -> {
                for (int other = 0; other < about.size(); other++) {
                    if (other != best) {
                        compare(statement, rater, best, other, 1, votes);
                    }
                }
            }
            case Said.Ranked(var order) -> {
                double weight = 2.0 / about.size();
                for (int rank = 0; rank < order.size(); rank++) {
                    for (List<Integer> below : order.subList(rank + 1, order.size())) {
                        for (int worse : below) {
                            for (int better : order.get(rank)) {
                                compare(statement, rater, better, worse, weight, votes);
                            }
                        }
                    }
                }
            }
            case Said.Thumbed(boolean up) -> votes.add(judged(statement, rater, up));
            case Said.Rated(int value) -> {
                if (value >= GOOD_RATING || value <= BAD_RATING) {
                    votes.add(judged(statement, rater, value >= GOOD_RATING));
                }
            }
            case Said.Tied _, Said.Wrote _ -> {}
        }
    }

    private static Vote judged(Statement statement, int rater, boolean good) {
        long item = judgement(statement.about().getFirst());
        return new Vote(item, Task.JUDGEMENT, rater, good, 1, statement.at());
    }

    private static void compare(
            Statement statement,
            int rater,
            int better,
            int worse,
            double weight,
            List<Vote> votes) {
        Seen winner = statement.about().get(better);
        Seen loser = statement.about().get(worse);
        if (winner.digest() == loser.digest()) {
            return;
        }
        votes.add(
                new Vote(
                        comparison(winner, loser),
                        Task.COMPARISON,
                        rater,
                        isFirst(winner, loser),
                        weight,
                        statement.at()));
    }

    /// Names the question which of two is better, in whatever order they come.
    static long comparison(Seen one, Seen other) {
        return isFirst(one, other)
                ? Digest.of(one.digest(), other.digest())
                : Digest.of(other.digest(), one.digest());
    }

    /// Whether `one` is the first of the two.
    static boolean isFirst(Seen one, Seen other) {
        return one.digest() < other.digest();
    }

    /// Names the question whether an answer is good.
    static long judgement(Seen answer) {
        return Digest.of(answer.digest(), 0);
    }
}
