package io.thumbwheel.serving.web;

import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.serving.ServingConfig;
import java.time.Duration;

/// The bounds of the configuration, checked before anything starts; an error names the key.
final class ConfigCheck {
    private ConfigCheck() {}

    static void run(ServingConfig config) {
        between("serving.limits.depth", config.limits().depth(), 5, 1_000);
        between("serving.limits.messages", config.limits().messages(), 1, 100_000);
        between("serving.limits.stops", config.limits().stops(), 0, 64);
        between(
                "serving.limits.body",
                config.limits().body().asLongValue(),
                1_024,
                64L * 1024 * 1024);
        positive("serving.limits.load", config.limits().load());
        between("serving.queue.slots", config.queue().slots(), 1, 1_024);
        between("serving.queue.context", config.queue().context(), 2, 1 << 20);
        between("serving.queue.waiting", config.queue().waiting(), 1, 100_000);
        between("serving.queue.behind", config.queue().behind(), 1, 100_000);
        between("serving.queue.threads", config.queue().threads(), 0, 256);
        positive("serving.queue.prefill", config.queue().prefill());
        between("serving.queue.prefixes", config.queue().prefixes().asLongValue(), 0, 1L << 40);
        positive("serving.queue.longest-wait", config.queue().longestWait());
        positive("serving.queue.drain", config.queue().drain());
        between("serving.rate.per-minute", config.rate().perMinute(), 0, 1_000_000);
        // A request for the most answers must be able to pass.
        between("serving.rate.burst", config.rate().burst(), CompletionId.MAX_CHOICES, 1_000_000);
        positive("serving.redis.patience", config.redis().patience());
        positive("serving.conversations.ttl", config.conversations().ttl());
        between("serving.conversations.turns", config.conversations().turns(), 1, 10_000);
        between(
                "serving.conversations.size",
                config.conversations().size().asLongValue(),
                1_024,
                16L << 20);
        if (!(config.engine().nearEnough() >= 0)) {
            throw new IllegalArgumentException(
                    "serving.engine.near-enough must be 0 or more nats, got "
                            + config.engine().nearEnough());
        }
        between("serving.residence.on-demand", config.residence().onDemand(), 0, 64);
        between("serving.journal.buffer", config.journal().buffer(), 1, 1 << 20);
        between("serving.journal.spool", config.journal().spool().asLongValue(), 1_024, 1L << 40);
        positive("serving.journal.patience", config.journal().patience());
        if (config.queue().slowest() != 0 && !(config.queue().slowest() >= 1)) {
            throw new IllegalArgumentException(
                    "serving.queue.slowest must be 0, which is off, or at least 1, got "
                            + config.queue().slowest());
        }
        if (config.journal().delivery().compareTo(Duration.ofSeconds(6)) < 0) {
            throw new IllegalArgumentException(
                    "serving.journal.delivery must be at least 6s, one request to Kafka and its"
                            + " linger, got "
                            + config.journal().delivery());
        }
    }

    static String describe(ServingConfig config) {
        return ("replica=%s kafka=%s keys=%s releases=%s state=%s limits[body=%d depth=%d messages=%d"
                        + " stops=%d load=%s] queue[slots=%d context=%d waiting=%d longest-wait=%s"
                        + " prefill=%s prefixes=%d behind=%d threads=%d drain=%s slowest=%s] rate[per-minute=%d burst=%d]"
                        + " redis[patience=%s] conversations[ttl=%s turns=%d size=%d]"
                        + " engine[precision=%s near-enough=%s device=%s] residence[on-demand=%d cache=%s when-full=%s] journal[patience=%s buffer=%d delivery=%s spool=%d]")
                .formatted(
                        config.replica(),
                        config.kafka(),
                        config.keys(),
                        config.releases(),
                        config.state(),
                        config.limits().body().asLongValue(),
                        config.limits().depth(),
                        config.limits().messages(),
                        config.limits().stops(),
                        config.limits().load(),
                        config.queue().slots(),
                        config.queue().context(),
                        config.queue().waiting(),
                        config.queue().longestWait(),
                        config.queue().prefill(),
                        config.queue().prefixes().asLongValue(),
                        config.queue().behind(),
                        config.queue().threads(),
                        config.queue().drain(),
                        config.queue().slowest(),
                        config.rate().perMinute(),
                        config.rate().burst(),
                        config.redis().patience(),
                        config.conversations().ttl(),
                        config.conversations().turns(),
                        config.conversations().size().asLongValue(),
                        config.engine().precision(),
                        config.engine().nearEnough(),
                        config.engine().device(),
                        config.residence().onDemand(),
                        config.residence()
                                .cache()
                                .map(size -> String.valueOf(size.asLongValue()))
                                .orElse("derived"),
                        config.residence().whenFull(),
                        config.journal().patience(),
                        config.journal().buffer(),
                        config.journal().delivery(),
                        config.journal().spool().asLongValue());
    }

    private static void between(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "%s must be between %d and %d, got %d".formatted(key, least, most, value));
        }
    }

    private static void positive(String key, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException(key + " must be positive, got " + value);
        }
    }
}
