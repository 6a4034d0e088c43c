package io.thumbwheel.serving.redis;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/// Always ready; `degraded` while Redis is away.
@Readiness
@Singleton
public final class RedisReadiness implements HealthCheck {
    private final RedisLink redis;

    public RedisReadiness(RedisLink redis) {
        this.redis = redis;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("redis")
                .up()
                .withData(
                        "state",
                        redis.away()
                                ? "degraded: Redis is away, conversations go on without their"
                                        + " history and each replica limits rates alone"
                                : "ok")
                .build();
    }
}
