package io.thumbwheel.trainer.export;

import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.Split;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Which examples are meant; what is null does not matter.
///
/// @param since not before this instant
/// @param until before this one
/// @param release that wrote one of the answers
/// @param source kind of the rater
/// @param group what the trainer does with the rater's opinions
/// @param split of the rater
public record ExampleFilter(
        @Nullable Instant since,
        @Nullable Instant until,
        @Nullable String release,
        @Nullable RaterKind source,
        @Nullable RaterGroup group,
        @Nullable Split split) {

    boolean admits(Example example) {
        Example.Provenance from = example.provenance();
        return (since == null || !from.at().isBefore(since))
                && (until == null || from.at().isBefore(until))
                && (release == null || releases(example).contains(release))
                && (source == null || source == from.raterKind())
                && (group == null || group == RaterGroup.of(from))
                && (split == null || split == from.split());
    }

    /// The releases that wrote an example's answers.
    static List<String> releases(Example example) {
        Stream<@Nullable String> all =
                switch (example) {
                    case Example.Preference it -> Stream.of(it.a().release(), it.b().release());
                    case Example.Rated it -> Stream.of(it.response().release());
                    case Example.Demonstration it -> Stream.of(it.response().release());
                    case Example.Critique it -> Stream.of(it.response().release());
                    case Example.Withdrawn _ -> Stream.of();
                };
        return all.filter(Objects::nonNull).map(Objects::requireNonNull).distinct().toList();
    }
}
