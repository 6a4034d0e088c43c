package io.thumbwheel.serving.limit;

import io.thumbwheel.serving.redis.RedisAwayException;
import java.time.Duration;

/// One token bucket for each caller. Kept as the single time at which the bucket will be full
/// again: the generic cell rate algorithm (ITU-T I.371, annex A), which admits what a bucket that
/// fills all the time admits.
interface Buckets {
    /// Takes tokens out of a caller's bucket, all or none.
    ///
    /// @return zero where they were there, else how long until they will be
    /// @throws RedisAwayException where the buckets cannot be reached
    Duration take(String caller, int tokens) throws RedisAwayException;
}
