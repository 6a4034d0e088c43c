package io.thumbwheel.feedback.stream;

import io.thumbwheel.schemas.event.RaterTrust;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became of a feedback.
///
/// @param id feedback id
/// @param at when it was accepted
/// @param completion what it is about
/// @param rater pseudonym of who gave it
/// @param tenant whose API key or webhook it came by; null where that was not recorded
/// @param state what became of it
/// @param reason why it teaches nothing; else null
/// @param examples ids of the examples that rest on it
/// @param trust how far the rater is believed; null where nothing is known
public record FeedbackFate(
        String id,
        Instant at,
        String completion,
        String rater,
        @Nullable String tenant,
        State state,
        @Nullable String reason,
        List<String> examples,
        @Nullable RaterTrust trust) {
    public FeedbackFate {
        examples = List.copyOf(examples);
    }

    static FeedbackFate of(Entry entry, @Nullable RaterTrust trust) {
        return new FeedbackFate(
                entry.feedback().id(),
                entry.feedback().at(),
                entry.feedback().completion().toString(),
                entry.feedback().rater(),
                entry.feedback().tenant(),
                switch (entry.state()) {
                    case WAITING -> State.WAITING;
                    case JOINED -> State.JOINED;
                    case FRUITLESS -> State.FRUITLESS;
                    case SUPERSEDED -> State.SUPERSEDED;
                    case RETRACTED -> State.RETRACTED;
                },
                entry.reason(),
                entry.examples(),
                trust);
    }

    /// What can become of a feedback.
    public enum State {
        /// Its completion has not come yet.
        WAITING,
        /// It became examples.
        JOINED,
        /// It teaches nothing.
        FRUITLESS,
        /// A newer opinion of the same rater about the same item stands in its place.
        SUPERSEDED,
        /// Its rater took it back.
        RETRACTED
    }
}
