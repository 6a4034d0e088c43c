package io.thumbwheel.serving.chat;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.generation.Scheduler;
import io.thumbwheel.serving.journal.Journal;
import io.thumbwheel.serving.limit.RateLimiter;
import io.thumbwheel.serving.web.ApiException;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;

/// Whether a request may be answered at all, asked before anything is spent on it.
@Singleton
final class Admission {
    private final Journal journal;
    private final RateLimiter limiter;
    private final Scheduler scheduler;
    private final Pace pace;
    private final double slowest;
    private volatile boolean stopping;

    Admission(
            Journal journal,
            RateLimiter limiter,
            Scheduler scheduler,
            Pace pace,
            ServingConfig config) {
        this.journal = journal;
        this.limiter = limiter;
        this.scheduler = scheduler;
        this.pace = pace;
        this.slowest = config.queue().slowest();
    }

    /// Asked before the body is read, since to refuse must cost little when there is much to
    /// refuse.
    ///
    /// @throws ApiException where no request can be answered, whatever it asks for: 503 while the
    ///   service stops or no answer can be recorded, 429 where one more would be too slow
    void open() {
        begin();
        keepPace(1);
    }

    /// Asked again once the body is there: it may have been long on its way.
    ///
    /// @param caller whose key it came with
    /// @param answers how many answers it asks for
    /// @throws ApiException 503 as for [#open], 429 where the caller has asked for too much, or
    ///   there is too much to do
    void admit(String caller, int answers) {
        begin();
        keepPace(answers);
        limiter.admit(caller, answers);
    }

    private void begin() {
        if (stopping) {
            throw ApiException.unavailable(
                    "stopping", Duration.ofSeconds(5), "serving is stopping");
        }
        if (journal.full()) {
            throw ApiException.unavailable(
                    "journal_full",
                    Duration.ofSeconds(10),
                    "answers cannot be recorded: Kafka is away and the journal on disk is full"
                            + " (serving.journal.spool)");
        }
    }

    /// An answer that would come too late for its reader only makes the others late, too.
    private void keepPace(int answers) {
        if (slowest == 0) {
            return;
        }
        int busy = scheduler.running() + scheduler.waiting();
        if (busy > 0 && busy + answers > pace.most(slowest)) {
            throw ApiException.tooManyRequests(
                    "too_slow",
                    Duration.ofSeconds(1),
                    "%d answers are being drawn, and %d more would make all of them take more than %s times as long as alone (serving.queue.slowest)"
                            .formatted(busy, answers, slowest));
        }
    }

    /// A stop begins: readiness is down, and what runs may finish.
    void stopping(@Observes ShutdownDelayInitiatedEvent event) {
        stopping = true;
    }

    void stop(@Observes @Priority(1_000) ShutdownEvent event) {
        stopping = true;
    }
}
