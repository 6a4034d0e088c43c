package io.thumbwheel.serving.redis;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.thumbwheel.serving.ServingConfig;
import io.vertx.mutiny.redis.client.Response;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/// Asks Redis, each question for at most `serving.redis.patience`. After a question without an
/// answer Redis counts as away for a second, in which every question fails at once.
@Singleton
public final class RedisLink {
    private static final Logger LOG = Logger.getLogger(RedisLink.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final ReactiveRedisDataSource redis;
    private final Duration patience;
    private final Clock clock;
    private volatile Instant awayUntil = Instant.MIN;
    private volatile boolean away;

    @Inject
    RedisLink(ReactiveRedisDataSource redis, ServingConfig config, Clock clock) {
        this(redis, config.redis().patience(), clock);
    }

    /// @param patience the longest wait for an answer
    public RedisLink(ReactiveRedisDataSource redis, Duration patience, Clock clock) {
        this.redis = redis;
        this.patience = patience;
        this.clock = clock;
    }

    /// Runs a script at once and waits for its answer.
    ///
    /// @throws RedisAwayException where none comes in time
    public Response eval(String script, List<String> keys, Object... arguments)
            throws RedisAwayException {
        return ask(send(script, keys, arguments));
    }

    /// Runs a script; fails with a [RedisAwayException].
    public CompletableFuture<Response> send(String script, List<String> keys, Object... arguments) {
        List<String> all = new ArrayList<>(List.of(script, String.valueOf(keys.size())));
        all.addAll(keys);
        Stream.of(arguments).map(String::valueOf).forEach(all::add);
        return send("EVAL", all.toArray(String[]::new));
    }

    /// Whether Redis is away, asked now.
    boolean away() {
        try {
            ask(send("PING"));
            return false;
        } catch (RedisAwayException e) {
            return true;
        }
    }

    private CompletableFuture<Response> send(String command, String... arguments) {
        if (clock.instant().isBefore(awayUntil)) {
            return CompletableFuture.failedFuture(
                    new RedisAwayException("Redis was away less than a second ago"));
        }
        return redis.execute(command, arguments)
                .ifNoItem()
                .after(patience)
                .fail()
                .subscribe()
                .asCompletionStage()
                .handle(this::outcome);
    }

    private Response outcome(Response answer, Throwable failure) {
        if (failure == null) {
            if (away) {
                away = false;
                LOG.info("Redis is back");
            }
            return answer;
        }
        awayUntil = clock.instant().plus(RETRY);
        if (!away) {
            away = true;
            LOG.warnf(
                    "Redis is away, so conversations go on without their history and each replica limits rates alone: %s",
                    failure.toString());
        }
        throw new CompletionException(
                new RedisAwayException("Redis does not answer: " + failure, failure));
    }

    private static Response ask(CompletableFuture<Response> question) throws RedisAwayException {
        try {
            return question.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RedisAwayException gone
                    ? gone
                    : new RedisAwayException("Redis does not answer: " + e.getCause(), e);
        }
    }
}
