package io.thumbwheel.serving.limit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.redis.RedisAwayException;
import io.thumbwheel.serving.redis.RedisLink;
import io.thumbwheel.serving.web.ApiException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;

/// Holds every API key to `serving.rate`. Redis decides for all replicas; while it is away each
/// decides for itself, and asks again every second.
@Singleton
public final class RateLimiter {
    private final Buckets shared;
    private final LocalBuckets local;
    private final int perMinute;
    private final Counter refused;

    @Inject
    RateLimiter(RedisLink redis, ServingConfig config, Clock clock, MeterRegistry metrics) {
        RateLimit limit =
                RateLimit.ofMinute(Math.max(1, config.rate().perMinute()), config.rate().burst());
        this(
                new RedisBuckets(limit, redis),
                new LocalBuckets(limit, clock),
                config.rate().perMinute(),
                metrics);
    }

    /// @param perMinute what the buckets let through in the long run; 0 asks none of them
    RateLimiter(Buckets shared, LocalBuckets local, int perMinute, MeterRegistry metrics) {
        this.shared = shared;
        this.local = local;
        this.perMinute = perMinute;
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
        try {
            return shared.take(caller, answers);
        } catch (RedisAwayException e) {
            return local.take(caller, answers);
        }
    }
}
