package io.thumbwheel.feedback.watch;

import io.thumbwheel.feedback.statistics.Statistics;
import io.thumbwheel.feedback.trust.Assessment;
import io.thumbwheel.schemas.event.RaterTrust;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is known as of one assessment; never changes.
///
/// @param assessments by pseudonym
/// @param published what stands in `raters.v1`, by pseudonym
/// @param statistics of the same window
/// @param lag records that had not been read
/// @param forgotten records that grew too old or too many since the start
record Insight(
        SortedMap<String, Assessment> assessments,
        SortedMap<String, RaterTrust> published,
        Statistics statistics,
        long lag,
        long forgotten) {
    Insight {
        assessments = Collections.unmodifiableSortedMap(new TreeMap<>(assessments));
        published = Collections.unmodifiableSortedMap(new TreeMap<>(published));
    }

    static Insight none() {
        return new Insight(
                new TreeMap<>(),
                new TreeMap<>(),
                Statistics.of(List.of(), List.of(), List.of(), Instant.EPOCH),
                0,
                0);
    }

    static SortedMap<String, Assessment> byRater(List<Assessment> assessments) {
        SortedMap<String, Assessment> byRater = new TreeMap<>();
        assessments.forEach(one -> byRater.put(one.rater(), one));
        return byRater;
    }
}
