package io.thumbwheel.serving.journal;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.CompletionServed.Arm;
import io.thumbwheel.schemas.event.CompletionServed.Choice;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.schemas.event.LogProbs;
import io.thumbwheel.schemas.event.Message;
import io.thumbwheel.schemas.event.Sampling;
import io.thumbwheel.schemas.event.SigningKey;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.TestingConfig;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// A journal without the service around it, and answers for it.
public final class TestingJournal implements AutoCloseable {
    /// An address at which nothing listens.
    public static final String AWAY = "127.0.0.1:1";

    private static final SigningKey KEY =
            new SigningKey("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Journal journal;

    /// @param spool its limit in bytes
    public TestingJournal(String kafka, Path state, String spool) {
        ServingConfig config =
                TestingConfig.of(
                        Map.of(
                                "serving.kafka",
                                kafka,
                                "serving.state",
                                state.toString(),
                                "serving.journal.patience",
                                "100ms",
                                "serving.journal.spool",
                                spool));
        journal = new Journal(new EventLog(config), config, metrics, Clock.systemUTC());
    }

    public Journal journal() {
        return journal;
    }

    double count(String metric) {
        return metrics.get(metric).counter().count();
    }

    double gauge(String metric) {
        return metrics.get(metric).gauge().value();
    }

    /// An answer in a conversation.
    public static CompletionServed answer(String conversation, String text) {
        return new CompletionServed(
                CompletionId.mint(conversation, 1, KEY),
                Instant.parse("2026-01-01T00:00:00Z"),
                conversation,
                "user",
                true,
                List.of(new Message("user", "hello")),
                List.of(1, 2, 3),
                "digest",
                new Sampling(1, 1, 0, 0, 10, List.of(), 7),
                List.of(
                        new Choice(
                                "r0-00000000",
                                Arm.PRIMARY,
                                text,
                                List.of(5),
                                LogProbs.of(new float[] {-0.5f}),
                                FinishReason.STOP)),
                Map.of());
    }

    @Override
    public void close() {
        journal.stop();
    }
}
