package io.thumbwheel.serving.journal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
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
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jboss.logging.Logger;

/// Records every answer in `completions.v1`, and what this replica serves in `swaps.v1`: in Kafka,
/// or where Kafka does not take it within `serving.journal.patience`, in a [Spool] on disk from
/// which it goes to Kafka later. Its own threads talk to both, so that neither the scheduler nor an
/// event loop ever waits for them.
///
/// **Order.** An event that is recorded after another one of the same key was recorded comes to
/// Kafka behind it: while the spool holds anything, everything goes through it, and no two of a key
/// are under way from it at once. Events recorded at the same time have no order. So the turns of a
/// conversation keep theirs, and more nobody needs: the join of completions with feedback gives the
/// same examples in any order.
///
/// **Once or more.** An event leaves the spool after Kafka's acks=all, so one whose acknowledgement
/// was late, or came just before the process died, is there twice. Readers know it by its
/// completion id; the join counts and drops it.
///
/// | metric | meaning |
/// |---|---|
/// | `journal_recorded_total` | events that Kafka has acknowledged |
/// | `journal_spooled_total` | events that went to disk |
/// | `journal_refused_total` | events too large for Kafka, kept in a file each |
/// | `journal_lost_total` | events that neither took; their answers ended with an error |
/// | `journal_spool_events`, `_bytes`, `_oldest_seconds` | what is on disk now |
@Singleton
public final class Journal {
    private static final Logger LOG = Logger.getLogger(Journal.class);
    private static final Duration IDLE = Duration.ofMillis(200);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

    private final EventLog log;
    private final Spool spool;
    private final Spooler spooler;
    private final Clock clock;
    private final Duration patience;
    private final BlockingQueue<Entry> straight; // on their way to Kafka without the spool
    private final Counter recorded;
    private final Counter spooled;
    private final Counter refused;
    private final Counter lost;
    private final Thread sender;
    private volatile boolean stopping;
    private volatile boolean away;

    Journal(EventLog log, ServingConfig config, MeterRegistry metrics, Clock clock) {
        this.log = log;
        this.clock = clock;
        this.patience = config.journal().patience();
        this.straight = new ArrayBlockingQueue<>(config.journal().buffer());
        this.spool =
                open(config.state().resolve("journal"), config.journal().spool().asLongValue());
        this.away = spool.events() > 0;
        this.spooler = new Spooler(spool, clock);
        this.recorded = metrics.counter("thumbwheel.journal.recorded");
        this.spooled = metrics.counter("thumbwheel.journal.spooled");
        this.refused = metrics.counter("thumbwheel.journal.refused");
        this.lost = metrics.counter("thumbwheel.journal.lost");
        metrics.gauge("thumbwheel.journal.spool.events", spool, Spool::events);
        metrics.gauge("thumbwheel.journal.spool.bytes", spool, Spool::bytes);
        Gauge.builder(
                        "thumbwheel.journal.spool.oldest.seconds",
                        this,
                        journal -> journal.oldestAge().toMillis() / 1e3)
                .register(metrics);
        this.sender = Thread.ofPlatform().name("journal").daemon().start(this::send);
    }

    private static Spool open(Path folder, long limit) {
        try {
            return Spool.open(folder, limit);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "cannot open the journal's spool %s (serving.state, THUMBWHEEL_STATE): %s"
                            .formatted(folder, e),
                    e);
        }
    }

    private record Entry(
            Topics topic,
            Event event,
            Map<String, String> headers,
            CompletableFuture<Void> taken) {}

    /// Records an answer.
    ///
    /// @param headers go to Kafka with the record, few and short
    /// @return done when Kafka or the disk has it, exceptionally where neither took it: then it
    ///   must not be told as served
    public CompletionStage<Void> record(CompletionServed completion, Map<String, String> headers) {
        return record(Topics.COMPLETIONS, completion, headers);
    }

    /// Reports what this replica did about a rollout.
    public void report(SwapReport report) {
        record(Topics.SWAPS, report, Map.of());
    }

    private CompletableFuture<Void> record(Topics topic, Event event, Map<String, String> headers) {
        Entry entry = new Entry(topic, event, headers, new CompletableFuture<>());
        if (!spooler.isEmpty() || !straight.offer(entry)) {
            return spool(entry, "other events wait there, too");
        }
        return entry.taken()
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(why -> spool(entry, why.toString()));
    }

    private CompletableFuture<Void> spool(Entry entry, String why) {
        if (!away) {
            away = true;
            LOG.warnf(
                    "Kafka did not take an event within %s (%s): events wait in %s until it does",
                    patience, why, spool.folder());
        }
        return spooler.append(entry.topic(), entry.event(), entry.headers())
                .whenComplete((_, failure) -> {
                    if (failure == null) {
                        spooled.increment();
                    } else {
                        lost.increment();
                        LOG.errorf(
                                failure, "%s: lost %s", entry.topic().topic(), name(entry.event()));
                    }
                });
    }

    private static String name(Event event) {
        return event instanceof CompletionServed served ? served.id().toString() : event.key();
    }

    /// Whether Kafka is away and the disk's share is used up: nothing new should be begun.
    public boolean full() {
        return spool.full();
    }

    /// Events that wait on disk for Kafka.
    int spooled() {
        return spool.events();
    }

    long spooledBytes() {
        return spool.bytes();
    }

    /// How long the oldest of them has waited.
    Duration oldestAge() {
        return spool.oldest()
                .map(since -> Duration.between(since, clock.instant()))
                .orElse(Duration.ZERO);
    }

    private void send() {
        log.warm();
        while (!stopping || (spooler.isEmpty() && !straight.isEmpty())) {
            try {
                if (spooler.isEmpty()) {
                    sendStraight();
                } else {
                    drain();
                }
            } catch (InterruptedException e) {
                return;
            } catch (IOException | RuntimeException e) {
                LOG.errorf(e, "the journal cannot empty its spool %s; trying on", spool.folder());
                pause();
            }
        }
    }

    private void sendStraight() throws InterruptedException {
        Entry entry = straight.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
        if (entry == null || entry.taken().isDone()) {
            return; // nothing came, or it has waited too long and is in the spool
        }
        var _ =
                log.send(entry.topic(), entry.event(), entry.headers())
                        .whenComplete((_, failure) -> {
                            if (failure == null) {
                                recorded.increment();
                                entry.taken().complete(null);
                            } else {
                                entry.taken().completeExceptionally(failure);
                            }
                        });
    }

    /// Sends the oldest events of the spool and drops those that Kafka has then.
    private void drain() throws IOException, InterruptedException {
        List<SpooledEvent> wave = spool.wave(IDLE);
        List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
        for (SpooledEvent event : wave) {
            sent.add(log.send(event));
            if (sent.getLast().isCompletedExceptionally()) {
                break; // each further one might block as long
            }
        }
        int done = 0;
        try {
            while (done < sent.size() && taken(sent.get(done))) {
                recorded.increment();
                done++;
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RecordTooLargeException) {
                refuse(wave.get(done), e.getCause());
                done++;
            } else {
                LOG.debugf("Kafka is still away: %s", e.getCause());
                pause();
            }
        } finally {
            spool.drop(done);
        }
        if (done > 0 && spooler.isEmpty()) {
            away = false;
            LOG.info("Kafka has all events that waited on disk");
        }
    }

    /// Waits until Kafka has an event; false where the journal stops meanwhile. An interrupt will
    /// not do: it would close the spool's files.
    private boolean taken(CompletableFuture<RecordMetadata> sent)
            throws ExecutionException, InterruptedException {
        while (!stopping) {
            try {
                sent.get(IDLE.toMillis(), TimeUnit.MILLISECONDS);
                return true;
            } catch (TimeoutException e) {
                LOG.tracef("Kafka takes longer than %s", IDLE);
            }
        }
        return sent.isDone() && !sent.isCompletedExceptionally();
    }

    /// Such an event would stay at the head of the spool for ever.
    private void refuse(SpooledEvent event, Throwable why) throws IOException {
        refused.increment();
        LOG.errorf("%s: %s; it is kept in %s", event.topic(), why, spool.setAside(event));
    }

    private void pause() {
        try {
            Thread.sleep(IDLE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void stop(@Observes @Priority(3_000) ShutdownEvent event) {
        stop();
    }

    /// Ends the threads; what Kafka does not have by now is on disk.
    void stop() {
        stopping = true;
        try {
            sender.join(CLOSE_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        straight.forEach(entry ->
                entry.taken().completeExceptionally(new IllegalStateException("serving stops")));
        log.close(CLOSE_LIMIT);
        spooler.close();
        try {
            spool.close();
        } catch (IOException e) {
            LOG.warnf("cannot close %s: %s", spool.folder(), e);
        }
    }
}
