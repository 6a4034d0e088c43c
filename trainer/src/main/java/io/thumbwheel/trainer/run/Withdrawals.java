package io.thumbwheel.trainer.run;

import io.thumbwheel.schemas.event.Example;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What left the data since a release was made from it: a lineage has to say that, and not which.
///
/// @param examples withdrawn
/// @param people who gave some of those and none that is left: who asked to be forgotten is among
///   them
record Withdrawals(long examples, long people) {

    /// Counts.
    ///
    /// @param withdrawn newest record of each example that was withdrawn
    /// @param live what is left
    static Withdrawals of(List<Example.Withdrawn> withdrawn, List<Example> live) {
        Set<String> people = new HashSet<>();
        withdrawn.forEach(example -> people.add(example.provenance().rater()));
        live.forEach(example -> people.remove(example.provenance().rater()));
        return new Withdrawals(withdrawn.size(), people.size());
    }
}
