package io.thumbwheel.feedback.intake;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.thumbwheel.feedback.FeedbackConfig;
import io.thumbwheel.feedback.stream.StreamCounts;
import io.thumbwheel.schemas.event.ApiKeys;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;

/// Wires the intake.
@ApplicationScoped
class IntakeBeans {
    @Produces
    @Singleton
    ApiKeys keys(FeedbackConfig config) {
        try {
            return ApiKeys.read(config.keys());
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "cannot read the API keys from %s (THUMBWHEEL_KEYS): %s. ./thumbwheel up writes such a file"
                            .formatted(config.keys().toAbsolutePath(), e.getMessage()),
                    e);
        }
    }

    @Produces
    @Singleton
    Access access(ApiKeys keys) {
        return new Access(keys);
    }

    @Produces
    @Singleton
    Trainings trainings(ApiKeys keys, FeedbackConfig config) {
        return Trainings.at(config.trainer(), keys);
    }

    @Produces
    @Singleton
    FeedbackLog log(FeedbackConfig config) {
        return FeedbackLog.connect(config.kafka(), config.maxInFlight());
    }

    void close(@Disposes FeedbackLog log) {
        log.close();
    }

    @Produces
    @Singleton
    Intake intake(ApiKeys keys, FeedbackLog log, FeedbackConfig config, MeterRegistry registry) {
        return new Intake(
                keys.signingKey(), log, Clock.systemUTC(), registry, config.maxFeedbackBytes());
    }

    @Produces
    @Singleton
    StreamCounts counts(MeterRegistry registry) {
        return new StreamCounts(registry);
    }

    /// After Kafka is known to be there.
    void warmUp(
            @Observes @Priority(20) StartupEvent event, FeedbackLog log, FeedbackConfig config) {
        log.warmUp(config.startTimeout());
    }
}
