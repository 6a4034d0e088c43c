package io.thumbwheel.serving.limit;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import java.time.Duration;

/// The buckets of all replicas, in Redis under `thumbwheel:rate:<caller>`; serving owns these keys.
/// A script takes the tokens at once, by Redis' own clock, and a key is gone when its bucket is
/// full.
final class RedisBuckets implements Buckets {
    /// KEYS[1] is the caller's; ARGV are tokens, interval and burst, as in [RateLimit].
    private static final String TAKE =
            """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + time[2] / 1000
            local interval = tonumber(ARGV[2])
            local full = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
            local after = full + ARGV[1] * interval
            local missing = after - now - ARGV[3] * interval
            if missing > 0 then
                return math.ceil(missing)
            end
            redis.call('SET', KEYS[1], string.format('%.3f', after), 'PX', math.ceil(after - now))
            return 0
            """;

    private final RateLimit limit;
    private final ReactiveRedisDataSource redis;
    private final Duration patience;

    /// @param patience how long to wait for Redis
    RedisBuckets(RateLimit limit, ReactiveRedisDataSource redis, Duration patience) {
        this.limit = limit;
        this.redis = redis;
        this.patience = patience;
    }

    /// @throws RuntimeException where Redis does not answer in time
    @Override
    public Duration take(String caller, int tokens) {
        return redis.execute(
                        "EVAL",
                        TAKE,
                        "1",
                        "thumbwheel:rate:" + caller,
                        String.valueOf(tokens),
                        String.valueOf(limit.intervalMillis()),
                        String.valueOf(limit.burst()))
                .map(missing -> Duration.ofMillis(missing.toLong()))
                .await()
                .atMost(patience);
    }
}
