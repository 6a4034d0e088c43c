package io.thumbwheel.feedback;

import io.quarkus.runtime.annotations.StaticInitSafe;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Settings of the feedback service.
@StaticInitSafe
@ConfigMapping(prefix = "thumbwheel.feedback")
public interface FeedbackConfig {
    /// Kafka, `host:port[,…]` (`THUMBWHEEL_KAFKA`).
    String kafka();

    /// The file of API keys and the signing key (`THUMBWHEEL_KEYS`).
    Path keys();

    /// Folder of the state stores; what is lost there is rebuilt from Kafka (`THUMBWHEEL_STATE`).
    Path state();

    /// Name of this instance among several, kept over restarts: it takes its partitions back at
    /// once, also after a kill.
    @WithDefault("feedback-0")
    String instance();

    /// Where the other instances reach this one, `host:port` (`THUMBWHEEL_ADDRESS`): they ask it
    /// what became of a feedback that its partitions know. Not needed where there is one instance.
    Optional<String> address();

    /// How long to wait for Kafka at start.
    @WithDefault("60s")
    Duration startTimeout();

    /// Threads of the join.
    @WithDefault("1")
    int streamThreads();

    /// Copies of the state that other instances keep up to date, so that one of them can go on at
    /// once.
    @WithDefault("0")
    int standbys();

    /// How long what was said just now waits for its commit, at most; while the join catches up
    /// with what was said long ago it commits once a second.
    @WithDefault("100ms")
    Duration commitInterval();

    /// How long a completion can still be joined.
    @WithDefault("31d")
    Duration completionsKept();

    /// How long feedback can still be replaced or taken back.
    @WithDefault("400d")
    Duration feedbackKept();

    /// Most prompts of one user that training sees, per partition of the completions.
    @WithDefault("1000")
    int promptsPerUser();

    /// Most bytes of one feedback.
    @WithDefault("65536")
    int maxFeedbackBytes();

    /// Most lines of one bulk request.
    @WithDefault("10000")
    int maxBulkLines();

    /// Most feedbacks on their way to Kafka at once; more are answered 503.
    @WithDefault("20000")
    int maxInFlight();

    /// Where the trainer is (`THUMBWHEEL_TRAINER`): it tells which releases learned from a
    /// feedback.
    Optional<URI> trainer();

    /// The file of webhooks, in and out (`THUMBWHEEL_WEBHOOKS`), read anew when it changes.
    Optional<Path> webhooks();

    /// Most bytes of one webhook.
    @WithDefault("262144")
    int maxWebhookBytes();

    /// How long to wait before each further attempt at an outgoing webhook; after the last it is a
    /// dead letter.
    @WithDefault("5s,30s,2m,10m,30m")
    List<Duration> webhookRetries();

    /// Replicas of the topics that the join makes for itself; the broker's default where not given.
    Optional<Integer> replication();
}
