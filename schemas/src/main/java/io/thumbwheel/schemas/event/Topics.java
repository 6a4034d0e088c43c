package io.thumbwheel.schemas.event;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The topics: name, key, partitions, retention. The platform's supervisor or Strimzi creates them;
/// services verify at start ([#mismatch]) and refuse to run on wrong ones.
public enum Topics {
    /// [CompletionServed] by route, 400 days.
    COMPLETIONS("completions.v1", 4, false, Duration.ofDays(400)),
    /// [FeedbackGiven] by route, 400 days. Same partitions as completions, so that the join is
    /// local.
    FEEDBACK("feedback.v1", 4, false, Duration.ofDays(400)),
    /// [Example] by example id, newest kept for ever.
    EXAMPLES("examples.v1", 4, true, Duration.ZERO),
    /// [PromptSeen] by digest, newest kept for ever.
    PROMPTS("prompts.v1", 4, true, Duration.ZERO),
    /// [RaterTrust] by rater, newest kept for ever.
    RATERS("raters.v1", 4, true, Duration.ZERO),
    /// [RolloutDecision] by channel: one partition gives one order; all kept for ever.
    RELEASES("releases.v1", 1, false, Duration.ZERO),
    /// [SwapReport] by replica, 400 days.
    SWAPS("swaps.v1", 1, false, Duration.ofDays(400)),
    /// [TrainingProgress] by run, 400 days.
    TRAINING("training.v1", 1, false, Duration.ofDays(400)),
    /// Webhooks to be sent again, by endpoint, as they were in [#WEBHOOKS_DEAD]; 400 days.
    WEBHOOKS("webhooks.v1", 1, false, Duration.ofDays(400)),
    /// What could not be read as a completion, with the reason in header `reason`.
    COMPLETIONS_DEAD("completions.v1.dead", 1, false, Duration.ofDays(400)),
    /// What could not be read as feedback, with the reason in header `reason`.
    FEEDBACK_DEAD("feedback.v1.dead", 1, false, Duration.ofDays(400)),
    /// Webhooks that their endpoint did not take, by endpoint, with the reason in header `reason`
    /// and their id in header `webhook-id`.
    WEBHOOKS_DEAD("webhooks.v1.dead", 1, false, Duration.ofDays(400));

    private final String topic;
    private final int partitions;
    private final boolean compacted;
    private final Duration retention;

    Topics(String topic, int partitions, boolean compacted, Duration retention) {
        this.topic = topic;
        this.partitions = partitions;
        this.compacted = compacted;
        this.retention = retention;
    }

    /// The name in Kafka.
    public String topic() {
        return topic;
    }

    /// Partitions on one machine; in production a multiple, the same for completions and feedback.
    public int partitions() {
        return partitions;
    }

    /// Settings of the topic for Kafka's admin client.
    public Map<String, String> settings() {
        return Map.of(
                "cleanup.policy",
                compacted ? "compact" : "delete",
                "retention.ms",
                retention.isZero() ? "-1" : String.valueOf(retention.toMillis()),
                "compression.type",
                "zstd",
                "max.message.bytes",
                "4194304");
    }

    /// What is wrong with the topics as they are, in words; empty where nothing is.
    ///
    /// @param partitionsByTopic the partition count of every topic that exists
    public static Optional<String> mismatch(Map<String, Integer> partitionsByTopic) {
        List<String> missing =
                List.of(values()).stream()
                        .map(Topics::topic)
                        .filter(topic -> !partitionsByTopic.containsKey(topic))
                        .toList();
        if (!missing.isEmpty()) {
            return Optional.of("topics missing: " + String.join(", ", missing));
        }
        Integer completions = partitionsByTopic.get(COMPLETIONS.topic);
        Integer feedback = partitionsByTopic.get(FEEDBACK.topic);
        if (completions != null && !completions.equals(feedback)) {
            return Optional.of(
                    "%s has %d partitions and %s has %d; they must be equal, or opinions miss their completions"
                            .formatted(COMPLETIONS.topic, completions, FEEDBACK.topic, feedback));
        }
        Integer releases = partitionsByTopic.get(RELEASES.topic);
        if (releases != null && releases != 1) {
            return Optional.of(
                    RELEASES.topic
                            + " must have 1 partition, or decisions have no order; it has "
                            + releases);
        }
        return Optional.empty();
    }
}
