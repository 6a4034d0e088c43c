package io.thumbwheel.serving.release;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/// Ready when a release serves, whatever Kafka and Redis do.
@Readiness
@Singleton
final class ServingReadiness implements HealthCheck {
    private final Swap swap;

    ServingReadiness(Swap swap) {
        this.swap = swap;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("release").status(swap.standing().isPresent());
        swap.standing().ifPresent(now -> response.withData("primary", now.primary().id()));
        swap.lastRefusal().ifPresent(reason -> response.withData("refused", reason));
        return response.build();
    }
}
