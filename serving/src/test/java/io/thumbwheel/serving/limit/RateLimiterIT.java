package io.thumbwheel.serving.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.redis.runtime.datasource.ReactiveRedisDataSourceImpl;
import io.thumbwheel.embedded.EmbeddedRedis;
import io.thumbwheel.serving.redis.RedisLink;
import io.thumbwheel.serving.redis.RedisReadiness;
import io.thumbwheel.serving.web.ApiException;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.RedisAPI;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two replicas and a real Redis.
class RateLimiterIT {
    private static final RateLimit LIMIT = RateLimit.ofMinute(1, 20);

    @TempDir Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final SteppedClock clock = new SteppedClock();

    @AfterEach
    void stop() {
        vertx.closeAndAwait();
    }

    private RedisLink link(String url) {
        Redis redis = Redis.createClient(vertx, url);
        return new RedisLink(
                new ReactiveRedisDataSourceImpl(vertx, redis, RedisAPI.api(redis)),
                Duration.ofSeconds(5),
                clock);
    }

    private RateLimiter replica(RedisLink link) {
        return new RateLimiter(
                new RedisBuckets(LIMIT, link),
                new LocalBuckets(LIMIT, clock),
                1,
                new SimpleMeterRegistry());
    }

    private static ApiException refused(RateLimiter by, String caller, int answers) {
        return catchThrowableOfType(ApiException.class, () -> by.admit(caller, answers));
    }

    private static String state(RedisLink link) {
        HealthCheckResponse response = new RedisReadiness(link).call();
        assertThat(response.getStatus()).isEqualTo(HealthCheckResponse.Status.UP);
        return String.valueOf(response.getData().orElseThrow().get("state"));
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // Redis goes away in the middle of the test
    void replicasShareALimitAndGoOnAloneWithoutRedis() throws Exception {
        EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"), 0);
        int port = Integer.parseInt(redis.url().substring(redis.url().lastIndexOf(':') + 1));
        RateLimiter first = replica(link(redis.url()));
        RedisLink link = link(redis.url());
        RateLimiter second = replica(link);

        first.admit("one", 16);
        ApiException refused = refused(second, "one", 5);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.code()).isEqualTo("rate_limit_exceeded");
        // One token a minute is missing, but for what has passed since.
        assertThat(refused.retryAfter().orElseThrow())
                .isBetween(Duration.ofSeconds(50), Duration.ofSeconds(60));
        assertThatCode(() -> second.admit("one", 4)).doesNotThrowAnyException();
        assertThatCode(() -> second.admit("two", 20)).doesNotThrowAnyException();
        assertThat(state(link)).isEqualTo("ok");

        redis.close();
        assertThatCode(() -> second.admit("one", 20)).doesNotThrowAnyException();
        assertThat(state(link)).startsWith("degraded");
        assertThat(refused(second, "one", 1).retryAfter()).contains(Duration.ofMinutes(1));

        try (EmbeddedRedis _ = EmbeddedRedis.start(folder.resolve("redis"), port)) {
            clock.forward(Duration.ofSeconds(2));
            assertThatCode(() -> second.admit("three", 1)).doesNotThrowAnyException();
            assertThat(state(link)).isEqualTo("ok");
        }
    }
}
