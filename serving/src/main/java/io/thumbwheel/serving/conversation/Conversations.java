package io.thumbwheel.serving.conversation;

import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.redis.RedisAwayException;
import io.thumbwheel.serving.redis.RedisLink;
import io.thumbwheel.serving.web.Keys;
import io.vertx.mutiny.redis.client.Response;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// The histories of conversations, in Redis: a list of turns for each, and how many before them
/// were let go. Both are gone `serving.conversations.ttl` after they were used last.
///
/// A conversation belongs to the API key that began it: the key of its list is a keyed hash of
/// both, so that nobody comes to another's by naming it. Scripts, so that two answers which end at
/// once are two turns.
@Singleton
public final class Conversations {
    /// KEYS are turns and forgotten; ARGV are the turn, milliseconds to live, most turns, most
    /// bytes. The turns that fit stay, the latest first to.
    private static final String ADD =
            """
            redis.call('RPUSH', KEYS[1], ARGV[1])
            local turns = redis.call('LRANGE', KEYS[1], 0, -1)
            local bytes, kept = 0, 0
            for place = #turns, 1, -1 do
                bytes = bytes + #turns[place]
                if kept == tonumber(ARGV[3]) or bytes > tonumber(ARGV[4]) then break end
                kept = kept + 1
            end
            if kept < #turns then
                redis.call('LTRIM', KEYS[1], -kept, -1)
                redis.call('INCRBY', KEYS[2], #turns - kept)
            end
            redis.call('PEXPIRE', KEYS[1], ARGV[2])
            redis.call('PEXPIRE', KEYS[2], ARGV[2])
            return kept
            """;

    private static final String READ =
            """
            redis.call('PEXPIRE', KEYS[1], ARGV[1])
            redis.call('PEXPIRE', KEYS[2], ARGV[1])
            return {tonumber(redis.call('GET', KEYS[2]) or 0), redis.call('LRANGE', KEYS[1], 0, -1)}
            """;

    private static final String DELETE = "return redis.call('DEL', KEYS[1], KEYS[2])";

    private final RedisLink redis;
    private final Keys keys;
    private final ServingConfig.Conversations limits;

    Conversations(RedisLink redis, Keys keys, ServingConfig config) {
        this.redis = redis;
        this.keys = keys;
        this.limits = config.conversations();
    }

    /// What is kept of a conversation; empty where nothing is.
    ///
    /// @param caller whose key it was begun with
    /// @throws RedisAwayException where that cannot be known
    public History read(String caller, String id) throws RedisAwayException {
        Response found = redis.eval(READ, keysOf(caller, id), limits.ttl().toMillis());
        List<Turn> turns = new ArrayList<>();
        for (Response turn : found.get(1)) {
            turns.add(Turn.of(turn.toString(StandardCharsets.UTF_8)));
        }
        return new History(turns, found.get(0).toInteger());
    }

    /// Adds a turn.
    ///
    /// @return whether it is kept: not where Redis is away, or the turn alone is beyond
    ///   `serving.conversations.size`
    public CompletableFuture<Boolean> add(String caller, String id, Turn turn) {
        String json = turn.toJson();
        if (json.getBytes(StandardCharsets.UTF_8).length > limits.size().asLongValue()) {
            return CompletableFuture.completedFuture(false);
        }
        return redis.send(
                        ADD,
                        keysOf(caller, id),
                        json,
                        limits.ttl().toMillis(),
                        limits.turns(),
                        limits.size().asLongValue())
                .handle((_, failure) -> failure == null);
    }

    /// Forgets a conversation.
    ///
    /// @return whether there was anything to forget
    /// @throws RedisAwayException where it could not be forgotten now
    boolean delete(String caller, String id) throws RedisAwayException {
        return redis.eval(DELETE, keysOf(caller, id)).toInteger() > 0;
    }

    /// In braces, so that a cluster keeps both in one place.
    private List<String> keysOf(String caller, String id) {
        String key =
                "thumbwheel:conversation:{%s}"
                        .formatted(
                                keys.signing()
                                        .mac("conversation", caller + "\n" + id)
                                        .substring(0, 32));
        return List.of(key + ":turns", key + ":forgotten");
    }
}
