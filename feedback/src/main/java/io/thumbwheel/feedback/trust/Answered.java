package io.thumbwheel.feedback.trust;

import io.thumbwheel.feedback.trust.Statement.Said;
import io.thumbwheel.feedback.trust.Statement.Seen;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What a rater answered to a question that others may have answered too: what agreement is
/// measured on. Rankings are left out: their pairs are not independent.
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
                case Said.Ranked _, Said.Wrote _ -> {}
            }
        }
        return answers;
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
