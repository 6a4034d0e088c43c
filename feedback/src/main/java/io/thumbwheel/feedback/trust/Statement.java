package io.thumbwheel.feedback.trust;

import io.thumbwheel.schemas.event.ChoiceRef;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion.Pick.Verdict;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An opinion that holds, without its texts, and what it is about.
///
/// @param id of the feedback
/// @param at when it was given
/// @param rater pseudonym
/// @param kind what kind of rater
/// @param network pseudonym of the network; null where unknown
/// @param tenant whose key or webhook it came by; null where unknown
/// @param said what was said
/// @param about the answers, as `said` counts them; empty where a completion has not come
/// @param servedAt when the newest of those answers was served; null where one has not come
/// @param text digest of the words written; 0 where there are few or none
public record Statement(
        String id,
        Instant at,
        String rater,
        RaterKind kind,
        @Nullable String network,
        @Nullable String tenant,
        Said said,
        List<Seen> about,
        @Nullable Instant servedAt,
        long text) {
    public Statement {
        about = List.copyOf(about);
    }

    /// What an opinion says, by position in its answers.
    public sealed interface Said {
        /// One answer is better than the others.
        ///
        /// @param shown positions in the order shown; empty where unknown
        record Chose(int best, List<Integer> shown) implements Said {
            public Chose {
                shown = List.copyOf(shown);
            }
        }

        /// No answer is better.
        record Tied() implements Said {}

        /// Answers from best to worst, ties in one group.
        record Ranked(List<List<Integer>> order) implements Said {
            public Ranked {
                order = order.stream().map(List::copyOf).toList();
            }
        }

        /// A thumb.
        record Thumbed(boolean up) implements Said {
            static final Thumbed UP = new Thumbed(true);
            static final Thumbed DOWN = new Thumbed(false);
        }

        /// A rating, 1 to 7.
        record Rated(int value) implements Said {}

        /// Words: a correction, a demonstration, a critique.
        record Wrote() implements Said {}

        /// What `opinion` says.
        ///
        /// @throws IllegalArgumentException for a retraction, which says nothing of an answer
        static Said of(Opinion opinion) {
            return switch (opinion) {
                case Opinion.Thumb(_, boolean up, _, _) -> up ? Thumbed.UP : Thumbed.DOWN;
                case Opinion.Rating(_, int value) -> new Rated(value);
                case Opinion.Pick(_, var shown, var verdict, int chosen) ->
                        verdict == Verdict.CHOSE ? new Chose(chosen, shown) : new Tied();
                case Opinion.Ranking(var order) -> new Ranked(order);
                case Opinion.Correction _, Opinion.Demonstration _, Opinion.Critique _ ->
                        new Wrote();
                case Opinion.Retraction _ ->
                        throw new IllegalArgumentException("a retraction says nothing");
            };
        }
    }

    /// An answer as the statistics know it.
    ///
    /// @param digest of prompt and answer: the same answer to the same prompt is the same item,
    ///   whoever got it
    /// @param tokens how long it is
    /// @param release what wrote it
    public record Seen(ChoiceRef ref, long digest, int tokens, String release) {}
}
