package io.thumbwheel.trainer.run;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.SortedMap;
import java.util.TreeMap;

/// How much the dataset holds.
///
/// @param examples live examples
/// @param bySplit of those, by their rater's split
/// @param byKind of those, by kind
/// @param prompts prompts
/// @param promptsBySplit of those, by their owner's split
/// @param raters raters whose trust is known
/// @param unreadable records that were skipped because they are no events of their topic
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record DatasetCounts(
        long examples,
        SortedMap<String, Long> bySplit,
        SortedMap<String, Long> byKind,
        long prompts,
        SortedMap<String, Long> promptsBySplit,
        long raters,
        long unreadable) {
    public DatasetCounts {
        bySplit = new TreeMap<>(bySplit);
        byKind = new TreeMap<>(byKind);
        promptsBySplit = new TreeMap<>(promptsBySplit);
    }
}
