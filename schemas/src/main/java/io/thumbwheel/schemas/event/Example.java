package io.thumbwheel.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a model can learn from: an opinion joined with what it is about. Topic `examples.v1`,
/// compacted by id. Carries no weight: trust is joined at training time.
///
/// The prompt is token ids where this platform rendered it, and messages where it was imported:
/// those are tokenised in the trainer, as every text that no model of the platform wrote.
public sealed interface Example extends Event {

    /// Hash of kind, candidates and rater: the newest opinion of a rater about an item replaces the
    /// older.
    String id();

    /// Where it comes from.
    Provenance provenance();

    /// The prompt where it was imported; else empty.
    default List<Message> promptMessages() {
        return List.of();
    }

    /// Absent in what was written before there was such a field.
    private static List<Message> messages(@Nullable List<Message> read) {
        return read == null ? List.of() : List.copyOf(read);
    }

    @Override
    default String key() {
        return id();
    }

    @Override
    default Instant at() {
        return provenance().at();
    }

    /// Two answers to one prompt and which is better.
    ///
    /// @param promptIds token ids of the prompt, template included [prompt]; empty where imported
    /// @param a one answer
    /// @param b the other
    /// @param outcome which is better
    /// @param margin strength of the preference, 0 where unknown
    /// @param promptMessages the prompt where it was imported; else empty
    record Preference(
            String id,
            List<Integer> promptIds,
            Response a,
            Response b,
            Outcome outcome,
            double margin,
            Provenance provenance,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Message> promptMessages)
            implements Example {
        public Preference {
            promptIds = List.copyOf(promptIds);
            promptMessages = messages(promptMessages);
        }

        /// To a prompt of the platform.
        public Preference(
                String id,
                List<Integer> promptIds,
                Response a,
                Response b,
                Outcome outcome,
                double margin,
                Provenance provenance) {
            this(id, promptIds, a, b, outcome, margin, provenance, List.of());
        }
    }

    /// One answer and how good it is.
    ///
    /// @param score 0 (worst) to 1 (best); a thumb is 0 or 1
    record Rated(
            String id,
            List<Integer> promptIds,
            Response response,
            double score,
            Provenance provenance,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Message> promptMessages)
            implements Example {
        public Rated {
            promptIds = List.copyOf(promptIds);
            promptMessages = messages(promptMessages);
            if (!(score >= 0 && score <= 1)) {
                throw new IllegalArgumentException("a score must be in [0, 1], got " + score);
            }
        }

        /// To a prompt of the platform.
        public Rated(
                String id,
                List<Integer> promptIds,
                Response response,
                double score,
                Provenance provenance) {
            this(id, promptIds, response, score, provenance, List.of());
        }
    }

    /// A good answer that a person wrote, for supervised fine-tuning and the pretraining mix.
    record Demonstration(
            String id,
            List<Integer> promptIds,
            Response response,
            Provenance provenance,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Message> promptMessages)
            implements Example {
        public Demonstration {
            promptIds = List.copyOf(promptIds);
            promptMessages = messages(promptMessages);
        }

        /// To a prompt of the platform.
        public Demonstration(
                String id, List<Integer> promptIds, Response response, Provenance provenance) {
            this(id, promptIds, response, provenance, List.of());
        }
    }

    /// An answer and a remark about it; stored, untrained so far.
    record Critique(
            String id,
            List<Integer> promptIds,
            Response response,
            String text,
            Provenance provenance,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Message> promptMessages)
            implements Example {
        public Critique {
            promptIds = List.copyOf(promptIds);
            promptMessages = messages(promptMessages);
        }

        /// To a prompt of the platform.
        public Critique(
                String id,
                List<Integer> promptIds,
                Response response,
                String text,
                Provenance provenance) {
            this(id, promptIds, response, text, provenance, List.of());
        }
    }

    /// An example that no longer holds: retracted, or its person was deleted. A value and not a
    /// tombstone, so that a reader that starts late learns of it too.
    record Withdrawn(String id, Provenance provenance) implements Example {}

    /// Which of two answers is better.
    enum Outcome {
        @JsonProperty("a")
        A,
        @JsonProperty("b")
        B,
        @JsonProperty("tie")
        TIE
    }

    /// An answer.
    ///
    /// @param text the text
    /// @param tokenIds what the model sampled [response]; null where a person wrote the text
    /// @param release the release that wrote it; null where a person did
    record Response(String text, @Nullable List<Integer> tokenIds, @Nullable String release) {
        public Response {
            tokenIds = tokenIds == null ? null : List.copyOf(tokenIds);
        }
    }

    /// Where an example comes from.
    ///
    /// @param feedbackIds the feedback behind it
    /// @param rater pseudonym of the rater
    /// @param raterKind what kind of rater
    /// @param split the rater's split
    /// @param at when the newest of that feedback was accepted
    record Provenance(
            List<String> feedbackIds,
            String rater,
            FeedbackGiven.RaterKind raterKind,
            Split split,
            Instant at) {
        public Provenance {
            feedbackIds = List.copyOf(feedbackIds);
        }
    }
}
