package io.thumbwheel.feedback.stream;

import io.thumbwheel.feedback.FeedbackConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Settings of a join that runs without the rest of the service.
record TestingConfig(String kafka, Path state) implements FeedbackConfig {
    @Override
    public Path keys() {
        return state.resolve("keys.json");
    }

    @Override
    public String instance() {
        return "feedback-0";
    }

    @Override
    public Optional<String> address() {
        return Optional.empty();
    }

    @Override
    public Duration startTimeout() {
        return Duration.ofSeconds(30);
    }

    @Override
    public int streamThreads() {
        return 1;
    }

    @Override
    public int standbys() {
        return 0;
    }

    @Override
    public Duration commitInterval() {
        return Duration.ofMillis(100);
    }

    @Override
    public Duration completionsKept() {
        return Duration.ofDays(31);
    }

    @Override
    public Duration feedbackKept() {
        return Duration.ofDays(400);
    }

    @Override
    public int promptsPerUser() {
        return 1_000;
    }

    @Override
    public int maxFeedbackBytes() {
        return 65_536;
    }

    @Override
    public int maxBulkLines() {
        return 10_000;
    }

    @Override
    public int maxInFlight() {
        return 20_000;
    }

    @Override
    public Optional<URI> trainer() {
        return Optional.empty();
    }

    @Override
    public Optional<Path> webhooks() {
        return Optional.empty();
    }

    @Override
    public int maxWebhookBytes() {
        return 262_144;
    }

    @Override
    public List<Duration> webhookRetries() {
        return List.of();
    }

    @Override
    public Optional<Integer> replication() {
        return Optional.empty();
    }
}
