package io.thumbwheel.serving.chat;

import io.thumbwheel.serving.generation.Scheduler;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/// Alive while the scheduler's thread is: without it no answer is ever drawn again, and only a
/// restart helps. Kafka and Redis have no say.
@Liveness
@Singleton
final class DecodingLiveness implements HealthCheck {
    private final Scheduler scheduler;

    DecodingLiveness(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("scheduler").status(scheduler.alive()).build();
    }
}
