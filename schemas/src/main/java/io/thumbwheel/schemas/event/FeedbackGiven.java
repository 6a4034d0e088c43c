package io.thumbwheel.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Somebody's opinion about served answers. Topic `feedback.v1`, keyed by route.
///
/// @param id UUIDv5 of API key and Idempotency-Key (or body `id`); random where none was given
/// @param at when it was accepted
/// @param completion the completion that it is about
/// @param rater pseudonym of who gave it ([ApiKeys#pseudonym])
/// @param raterKind what kind of rater, by the API key used
/// @param consent whether the rater agreed that it may train a model
/// @param opinion the opinion
/// @param network pseudonym of the network that it came from ([Network]); null where unknown
/// @param tenant whose API key or webhook it came by; null in what was written before there was
///   such a field
/// @param imported the answers that it is about, where this platform never served them; else null
public record FeedbackGiven(
        String id,
        Instant at,
        CompletionId completion,
        String rater,
        RaterKind raterKind,
        boolean consent,
        Opinion opinion,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String network,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String tenant,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ImportedAnswers imported)
        implements Event {
    public FeedbackGiven {
        if (imported != null && imported.answers().size() != completion.choices()) {
            throw new IllegalArgumentException(
                    "completion %s names %d choices, %d answers were imported"
                            .formatted(
                                    completion, completion.choices(), imported.answers().size()));
        }
    }

    /// One about a served answer, from a network and a tenant that are not known.
    public FeedbackGiven(
            String id,
            Instant at,
            CompletionId completion,
            String rater,
            RaterKind raterKind,
            boolean consent,
            Opinion opinion) {
        this(id, at, completion, rater, raterKind, consent, opinion, null, null, null);
    }

    /// The same from a network.
    public FeedbackGiven from(@Nullable String origin) {
        return new FeedbackGiven(
                id, at, completion, rater, raterKind, consent, opinion, origin, tenant, imported);
    }

    /// The same of a tenant.
    public FeedbackGiven of(String owner) {
        return new FeedbackGiven(
                id, at, completion, rater, raterKind, consent, opinion, network, owner, imported);
    }

    /// The same about answers that are imported with it.
    public FeedbackGiven about(ImportedAnswers answers) {
        return new FeedbackGiven(
                id,
                at,
                completion,
                rater,
                RaterKind.IMPORTED,
                consent,
                opinion,
                network,
                tenant,
                answers);
    }

    /// The same without the answers that came with it.
    public FeedbackGiven withoutAnswers() {
        return new FeedbackGiven(
                id, at, completion, rater, raterKind, consent, opinion, network, tenant, null);
    }

    @Override
    public String key() {
        return completion.route();
    }

    /// What kind of rater; comes from the API key, or from the answers being imported, never from
    /// what the request says.
    public enum RaterKind {
        @JsonProperty("user")
        USER,
        @JsonProperty("labeler")
        LABELER,
        @JsonProperty("webhook")
        WEBHOOK,
        @JsonProperty("simulated")
        SIMULATED,
        /// Whoever judged answers that this platform never served.
        @JsonProperty("imported")
        IMPORTED
    }

    /// What was said.
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "opinion")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Opinion.Thumb.class, name = "thumb"),
        @JsonSubTypes.Type(value = Opinion.Rating.class, name = "rating"),
        @JsonSubTypes.Type(value = Opinion.Pick.class, name = "pick"),
        @JsonSubTypes.Type(value = Opinion.Ranking.class, name = "ranking"),
        @JsonSubTypes.Type(value = Opinion.Correction.class, name = "correction"),
        @JsonSubTypes.Type(value = Opinion.Demonstration.class, name = "demonstration"),
        @JsonSubTypes.Type(value = Opinion.Critique.class, name = "critique"),
        @JsonSubTypes.Type(value = Opinion.Retraction.class, name = "retraction")
    })
    public sealed interface Opinion {

        /// A thumb on one answer.
        record Thumb(ChoiceRef choice, boolean up, List<String> reasons, @Nullable String comment)
                implements Opinion {
            public Thumb {
                reasons = List.copyOf(reasons);
            }
        }

        /// One answer on the scale 1 (worst) to 7 (best), InstructGPT's (section 3.4).
        record Rating(ChoiceRef choice, int value) implements Opinion {
            public Rating {
                if (value < 1 || value > 7) {
                    throw new IllegalArgumentException(
                            "a rating must be between 1 and 7, got " + value);
                }
            }
        }

        /// The better of several answers.
        ///
        /// @param among the answers compared, two or more
        /// @param shown positions of `among` in the order shown, first to last
        /// @param verdict which one, or none
        /// @param chosen position in `among`; -1 unless the verdict is CHOSE
        record Pick(List<ChoiceRef> among, List<Integer> shown, Verdict verdict, int chosen)
                implements Opinion {
            public Pick {
                among = List.copyOf(among);
                shown = List.copyOf(shown);
                if (among.size() < 2) {
                    throw new IllegalArgumentException("a pick needs two answers or more");
                }
                if (verdict == Verdict.CHOSE
                        ? chosen < 0 || chosen >= among.size()
                        : chosen != -1) {
                    throw new IllegalArgumentException(
                            "a pick among %d answers chose %d with verdict %s"
                                    .formatted(among.size(), chosen, verdict));
                }
            }

            /// How a comparison ended.
            public enum Verdict {
                @JsonProperty("chose")
                CHOSE,
                @JsonProperty("tie")
                TIE,
                @JsonProperty("both_bad")
                BOTH_BAD
            }
        }

        /// Answers from best to worst; those of one group are tied.
        ///
        /// @param order choice indices of the completion, each once
        record Ranking(List<List<Integer>> order) implements Opinion {
            public Ranking {
                order = order.stream().map(List::copyOf).toList();
            }
        }

        /// What one answer should have been.
        record Correction(ChoiceRef choice, String text) implements Opinion {}

        /// A good answer, written by a person.
        record Demonstration(String text) implements Opinion {}

        /// What is wrong or right with one answer, in words.
        record Critique(ChoiceRef choice, String text) implements Opinion {}

        /// Takes an earlier feedback back; by the same rater only.
        record Retraction(String feedbackId) implements Opinion {}
    }
}
