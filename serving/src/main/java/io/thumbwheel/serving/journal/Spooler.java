package io.thumbwheel.serving.journal;

import io.thumbwheel.schemas.event.Event;
import io.thumbwheel.schemas.event.Topics;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Puts events into the spool from one thread: all that wait share one fsync. How many wait is
/// bounded by the answers that are open.
final class Spooler implements AutoCloseable {
    private static final long CLOSE_WAIT_MILLIS = 5_000;

    private final Spool spool;
    private final Clock clock;
    private final BlockingQueue<Entry> waiting = new LinkedBlockingQueue<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final Thread writer;
    private boolean closing; // guarded by this

    Spooler(Spool spool, Clock clock) {
        this.spool = spool;
        this.clock = clock;
        writer = Thread.ofPlatform().name("journal-spool").daemon().start(this::write);
    }

    private record Entry(
            Topics topic, Event event, Map<String, String> headers, CompletableFuture<Void> done) {}

    /// Keeps an event, and what goes to Kafka with it.
    ///
    /// @return done when the disk has it, exceptionally where it cannot
    synchronized CompletableFuture<Void> append(
            Topics topic, Event event, Map<String, String> headers) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (closing) {
            done.completeExceptionally(new IllegalStateException("the journal is closed"));
        } else {
            underWay.incrementAndGet();
            waiting.add(new Entry(topic, event, headers, done));
        }
        return done;
    }

    /// Whether there is nothing in the spool and nothing on its way there.
    boolean isEmpty() {
        return underWay.get() == 0 && spool.events() == 0;
    }

    private void write() {
        while (!finished()) {
            try {
                Entry first = waiting.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    List<Entry> group = new ArrayList<>(List.of(first));
                    waiting.drainTo(group);
                    keep(group);
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void keep(List<Entry> group) {
        try {
            spool.append(
                    group.stream()
                            .map(entry ->
                                    SpooledEvent.of(
                                            entry.topic(),
                                            entry.event(),
                                            entry.headers(),
                                            clock.instant()))
                            .toList());
            underWay.addAndGet(-group.size());
            group.forEach(entry -> entry.done().complete(null));
        } catch (IOException | RuntimeException e) {
            underWay.addAndGet(-group.size());
            group.forEach(entry -> entry.done().completeExceptionally(e));
        }
    }

    private synchronized boolean finished() {
        return closing && waiting.isEmpty();
    }

    /// Keeps what waits and takes no more.
    @Override
    public void close() {
        synchronized (this) {
            closing = true;
        }
        try {
            writer.join(CLOSE_WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
