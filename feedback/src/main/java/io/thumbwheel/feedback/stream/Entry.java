package io.thumbwheel.feedback.stream;

import io.thumbwheel.schemas.event.FeedbackGiven;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A feedback in the ledger and what became of it.
///
/// @param feedback the feedback; of a retraction that came first, the retraction
/// @param offset its offset in the feedback topic: what decides which opinion is newer
/// @param state what became of it
/// @param examples ids of the examples that rest on it
/// @param reason why it is fruitless; else null
record Entry(
        FeedbackGiven feedback,
        long offset,
        State state,
        List<String> examples,
        @Nullable String reason) {
    Entry {
        examples = List.copyOf(examples);
    }

    Entry(FeedbackGiven feedback, long offset, State state) {
        this(feedback, offset, state, List.of(), null);
    }

    Entry with(State next, List<String> nextExamples) {
        return new Entry(feedback, offset, next, nextExamples, null);
    }

    Entry fruitless(String why) {
        return new Entry(feedback, offset, State.FRUITLESS, List.of(), why);
    }

    /// What became of a feedback.
    enum State {
        /// Its completion has not come yet.
        WAITING,
        /// It became examples.
        JOINED,
        /// It teaches nothing: no consent, nothing to compare.
        FRUITLESS,
        /// A newer opinion of the same rater about the same item stands in its place.
        SUPERSEDED,
        /// Its rater took it back.
        RETRACTED
    }
}
