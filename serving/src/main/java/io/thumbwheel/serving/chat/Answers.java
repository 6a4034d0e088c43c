package io.thumbwheel.serving.chat;

import io.quarkus.runtime.ShutdownEvent;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.generation.Scheduler;
import io.thumbwheel.serving.release.Lease;
import io.thumbwheel.serving.web.Exchange;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.jboss.logging.Logger;

/// Begins answers, and at the end of the service lets those that are under way finish.
@Singleton
final class Answers {
    private static final Logger LOG = Logger.getLogger(Answers.class);

    private final Scheduler scheduler;
    private final Recording recording;
    private final Observations observations;
    private final Clock clock;
    private final ServingConfig.Queue limits;

    Answers(
            Scheduler scheduler,
            Recording recording,
            Observations observations,
            Clock clock,
            ServingConfig config) {
        this.scheduler = scheduler;
        this.recording = recording;
        this.observations = observations;
        this.clock = clock;
        this.limits = config.queue();
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
        Answer answer =
                new Answer(
                        prompt,
                        lease,
                        reply,
                        observations.begin(prompt, lease, exchange),
                        recording,
                        clock);
        cutOff.of(answer);
        exchange.onGone(answer::cancel);
        answer.start(scheduler);
    }

    void stop(@Observes @Priority(2_000) ShutdownEvent event) {
        long end = System.nanoTime() + limits.drain().toNanos();
        try {
            while (observations.open() > 0 && System.nanoTime() < end) {
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (observations.open() > 0) {
            LOG.warnf(
                    "%d answers were under way after %s and end now",
                    observations.open(), limits.drain());
        }
        scheduler.close();
    }
}
