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
    private final Engine engine;

    ServingReadiness(Swap swap, Engine engine) {
        this.swap = swap;
        this.engine = engine;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("release").status(swap.standing().isPresent());
        swap.standing().ifPresent(now -> response.withData("primary", now.primary().id()));
        swap.standing()
                .ifPresent(
                        now -> response.withData("precision", now.primary().precision().label()));
        response.withData("device", engine.config().device().label());
        engine.fallback().ifPresent(reason -> response.withData("device_missing", reason));
        swap.lastRefusal().ifPresent(reason -> response.withData("refused", reason));
        return response.build();
    }
}
