package io.thumbwheel.serving.chat;

import io.quarkus.runtime.ShutdownEvent;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.generation.Scheduler;
import io.thumbwheel.serving.journal.Journal;
import io.thumbwheel.serving.release.Lease;
import io.thumbwheel.serving.web.ApiException;
import io.thumbwheel.serving.web.Exchange;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import org.jboss.logging.Logger;

/// Begins answers, and at the end of the service lets those that are under way finish.
@Singleton
final class Answers {
    private static final Logger LOG = Logger.getLogger(Answers.class);

    private final Scheduler scheduler;
    private final Journal journal;
    private final ChatMetrics metrics;
    private final Clock clock;
    private final ServingConfig.Queue limits;
    private volatile boolean stopping;

    Answers(
            Scheduler scheduler,
            Journal journal,
            ChatMetrics metrics,
            Clock clock,
            ServingConfig config) {
        this.scheduler = scheduler;
        this.journal = journal;
        this.metrics = metrics;
        this.clock = clock;
        this.limits = config.queue();
    }

    /// Refuses a request whose answer could not be told.
    ///
    /// @throws ApiException 503 while the service stops, or where no answer can be recorded
    void admit() {
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

    /// Begins an answer; takes the lease over. The exchange is answered when there is something to
    /// tell.
    void begin(Prompt prompt, Lease lease, Exchange exchange) {
        Wire wire = Wire.of(prompt, lease.release());
        CutOff cutOff = new CutOff();
        AnswerListener reply =
                prompt.request().delivery().stream()
                        ? new StreamedReply(exchange, wire, prompt, limits.behind(), cutOff)
                        : new WholeReply(exchange, wire);
        Answer answer = new Answer(prompt, lease, reply, metrics.start(), journal, clock);
        cutOff.of(answer);
        exchange.onGone(answer::cancel);
        answer.start(scheduler);
    }

    void stop(@Observes @Priority(2_000) ShutdownEvent event) {
        stopping = true;
        long end = System.nanoTime() + limits.drain().toNanos();
        try {
            while (metrics.open() > 0 && System.nanoTime() < end) {
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (metrics.open() > 0) {
            LOG.warnf(
                    "%d answers were under way after %s and end now",
                    metrics.open(), limits.drain());
        }
        scheduler.close();
    }
}
