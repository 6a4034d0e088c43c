package io.thumbwheel.feedback.trust;

import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import java.time.Instant;
import java.util.List;

/// What is thought of a rater, and why.
///
/// @param rater pseudonym
/// @param kind what kind of rater
/// @param weight 0 to 1, two decimals
/// @param quarantined whether a test sets the rater aside
/// @param tests names of those tests
/// @param why in words
/// @param opinions how many hold in the window
/// @param checked how many votes others or gold say something of
/// @param agreed how many of those agree
/// @param information estimated P(yes|yes) + P(no|no) − 1 of the votes, −1 to 1
/// @param first time of the first opinion in the window
/// @param last time of the last one
public record Assessment(
        String rater,
        RaterKind kind,
        double weight,
        boolean quarantined,
        List<String> tests,
        String why,
        int opinions,
        int checked,
        int agreed,
        double information,
        Instant first,
        Instant last) {
    public Assessment {
        tests = List.copyOf(tests);
    }
}
