package io.thumbwheel.serving.limit;

import io.thumbwheel.serving.redis.RedisAwayException;
import io.thumbwheel.serving.redis.RedisLink;
import java.time.Duration;
import java.util.List;

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
    private final RedisLink redis;

    RedisBuckets(RateLimit limit, RedisLink redis) {
        this.limit = limit;
        this.redis = redis;
    }

    @Override
    public Duration take(String caller, int tokens) throws RedisAwayException {
        return Duration.ofMillis(
                redis.eval(
                                TAKE,
                                List.of("thumbwheel:rate:" + caller),
                                tokens,
                                limit.intervalMillis(),
                                limit.burst())
                        .toLong());
    }
}
