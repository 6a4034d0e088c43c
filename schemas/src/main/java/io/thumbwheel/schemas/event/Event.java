package io.thumbwheel.schemas.event;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;

/// Something that happened, as it stands in a topic. The JSON body carries its own `kind` (the
/// case) and `schema` (major version, written by [EventCodec]).
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = CompletionServed.class, name = "completion_served"),
    @JsonSubTypes.Type(value = FeedbackGiven.class, name = "feedback_given"),
    @JsonSubTypes.Type(value = RaterForgotten.class, name = "rater_forgotten"),
    @JsonSubTypes.Type(value = Example.Preference.class, name = "preference"),
    @JsonSubTypes.Type(value = Example.Rated.class, name = "rated"),
    @JsonSubTypes.Type(value = Example.Demonstration.class, name = "demonstration"),
    @JsonSubTypes.Type(value = Example.Critique.class, name = "critique"),
    @JsonSubTypes.Type(value = Example.Withdrawn.class, name = "withdrawn"),
    @JsonSubTypes.Type(value = PromptSeen.class, name = "prompt_seen"),
    @JsonSubTypes.Type(value = RaterTrust.class, name = "rater_trust"),
    @JsonSubTypes.Type(value = RolloutDecision.class, name = "rollout_decision"),
    @JsonSubTypes.Type(value = SwapReport.ReleaseApplied.class, name = "release_applied"),
    @JsonSubTypes.Type(value = SwapReport.ReleaseRefused.class, name = "release_refused"),
    @JsonSubTypes.Type(value = TrainingProgress.class, name = "training_progress")
})
public sealed interface Event
        permits CompletionServed,
                FeedbackGiven,
                RaterForgotten,
                Example,
                PromptSeen,
                RaterTrust,
                RolloutDecision,
                SwapReport,
                TrainingProgress {

    /// The Kafka key: what decides the partition, and what compaction keeps one of.
    String key();

    /// When it happened, by the clock of the process that wrote it. Order comes from offsets, never
    /// from here.
    Instant at();
}
