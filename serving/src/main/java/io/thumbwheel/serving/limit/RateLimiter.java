package io.thumbwheel.serving.limit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.web.ApiException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jboss.logging.Logger;

/// Holds every API key to `serving.rate`. Redis decides for all replicas; while it is away each
/// decides for itself, and asks again every second.
@Singleton
public final class RateLimiter {
    private static final Logger LOG = Logger.getLogger(RateLimiter.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Buckets shared;
    private final Buckets local;
    private final Clock clock;
    private final int perMinute;
    private final Counter refused;
    private volatile Instant awayUntil = Instant.MIN;
    private volatile boolean away;

    @Inject
    RateLimiter(
            ReactiveRedisDataSource redis,
            ServingConfig config,
            Clock clock,
            MeterRegistry metrics) {
        RateLimit limit =
                RateLimit.ofMinute(Math.max(1, config.rate().perMinute()), config.rate().burst());
        this(
                new RedisBuckets(limit, redis, config.rate().patience()),
                new LocalBuckets(limit, clock),
                config.rate().perMinute(),
                clock,
                metrics);
    }

    /// @param perMinute what the buckets let through in the long run; 0 asks none of them
    RateLimiter(Buckets shared, Buckets local, int perMinute, Clock clock, MeterRegistry metrics) {
        this.shared = shared;
        this.local = local;
        this.perMinute = perMinute;
        this.clock = clock;
        this.refused = metrics.counter("thumbwheel.rate.refused");
    }

    /// Counts answers that a caller asks for.
    ///
    /// @throws ApiException 429 where that is more than it may ask for now
    public void admit(String caller, int answers) {
        if (perMinute == 0) {
            return;
        }
        Duration wait = take(caller, answers);
        if (!wait.isZero()) {
            refused.increment();
            throw ApiException.tooManyRequests(
                    "rate_limit_exceeded",
                    wait,
                    "this key may ask for %d answers a minute (serving.rate.per-minute): %d more may come in %d ms"
                            .formatted(perMinute, answers, wait.toMillis()));
        }
    }

    private Duration take(String caller, int answers) {
        if (clock.instant().isBefore(awayUntil)) {
            return local.take(caller, answers);
        }
        try {
            Duration wait = shared.take(caller, answers);
            if (away) {
                away = false;
                LOG.info("Redis is back: replicas share their rate limits again");
            }
            return wait;
        } catch (RuntimeException e) {
            awayUntil = clock.instant().plus(RETRY);
            if (!away) {
                away = true;
                LOG.warnf("Redis is away, so this replica limits rates alone: %s", e.toString());
            }
            return local.take(caller, answers);
        }
    }

    /// Whether the limits are this replica's own, because Redis is away.
    boolean alone() {
        return away;
    }
}
