package io.thumbwheel.serving.journal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.Event;
import io.thumbwheel.schemas.event.SwapReport;
import io.thumbwheel.schemas.event.Topics;
import io.thumbwheel.serving.ServingConfig;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/// Records every answer in `completions.v1`, and what this replica serves in `swaps.v1`. Its own
/// thread talks to Kafka, so that neither the scheduler nor an event loop ever waits for a broker.
///
/// An answer's last chunk waits for the record for `serving.journal.patience` and then leaves
/// without (`thumbwheel_journal_late_total`); a record that Kafka never takes is counted
/// (`thumbwheel_journal_lost_total`) and logged by its id.
@Singleton
public final class Journal {
    private static final Logger LOG = Logger.getLogger(Journal.class);

    private final EventLog log;
    private final Duration patience;
    private final BlockingQueue<Entry> entries;
    private final Counter late;
    private final Counter lost;
    private final Counter recorded;
    private final Thread writer;
    private volatile boolean stopping;

    Journal(EventLog log, ServingConfig config, MeterRegistry metrics) {
        this.log = log;
        this.patience = config.journal().patience();
        this.entries = new ArrayBlockingQueue<>(config.journal().buffer());
        this.late = metrics.counter("thumbwheel.journal.late");
        this.lost = metrics.counter("thumbwheel.journal.lost");
        this.recorded = metrics.counter("thumbwheel.journal.recorded");
        this.writer = Thread.ofPlatform().name("journal").daemon().start(this::write);
    }

    private record Entry(Topics topic, Event event, CompletableFuture<Boolean> done) {}

    /// Records an answer.
    ///
    /// @return done when Kafka has it (true), or when the answer should wait no longer (false);
    ///   never exceptionally
    public CompletionStage<Boolean> record(CompletionServed completion) {
        return offer(Topics.COMPLETIONS, completion)
                .copy()
                .completeOnTimeout(false, patience.toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(inTime -> {
                    if (!inTime) {
                        late.increment();
                    }
                    return inTime;
                });
    }

    /// Reports what this replica did about a rollout.
    public void report(SwapReport report) {
        offer(Topics.SWAPS, report);
    }

    private CompletableFuture<Boolean> offer(Topics topic, Event event) {
        Entry entry = new Entry(topic, event, new CompletableFuture<>());
        if (stopping || !entries.offer(entry)) {
            lose(entry, new IllegalStateException("the journal's buffer is full"));
        }
        return entry.done();
    }

    private void write() {
        log.warm();
        while (!stopping || !entries.isEmpty()) {
            try {
                Entry entry = entries.poll(200, TimeUnit.MILLISECONDS);
                if (entry != null) {
                    send(entry);
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void send(Entry entry) {
        var _ =
                log.send(entry.topic(), entry.event())
                        .whenComplete((_, failure) -> {
                            if (failure == null) {
                                recorded.increment();
                                entry.done().complete(true);
                            } else {
                                lose(entry, failure);
                            }
                        });
    }

    private void lose(Entry entry, Throwable why) {
        lost.increment();
        String what =
                switch (entry.event()) {
                    case CompletionServed served -> served.id().toString();
                    case Event other -> other.key();
                };
        LOG.errorf("%s: lost the record of %s: %s", entry.topic().topic(), what, why.getMessage());
        entry.done().complete(false);
    }

    void stop(@Observes @Priority(3_000) ShutdownEvent event) {
        stopping = true;
        try {
            writer.join(Duration.ofSeconds(3));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        log.close(Duration.ofSeconds(3));
    }
}
