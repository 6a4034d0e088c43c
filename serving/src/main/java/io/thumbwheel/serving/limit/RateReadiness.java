package io.thumbwheel.serving.limit;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/// Always ready; `degraded` while each replica limits rates alone.
@Readiness
@Singleton
final class RateReadiness implements HealthCheck {
    private final RateLimiter limiter;

    RateReadiness(RateLimiter limiter) {
        this.limiter = limiter;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("rate-limits")
                .up()
                .withData(
                        "state",
                        limiter.alone()
                                ? "degraded: Redis is away, each replica counts alone"
                                : "ok")
                .build();
    }
}
