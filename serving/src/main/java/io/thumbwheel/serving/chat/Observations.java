package io.thumbwheel.serving.chat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.thumbwheel.serving.ServingConfig;
import io.thumbwheel.serving.generation.GenerationTimes;
import io.thumbwheel.serving.generation.Scheduler;
import io.thumbwheel.serving.metrics.ReleaseMetrics;
import io.thumbwheel.serving.release.Lease;
import io.thumbwheel.serving.web.Exchange;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;

/// Observes answers: begins an [Observation] for each, and counts them.
///
/// | metric | meaning |
/// |---|---|
/// | `thumbwheel_answers_open` | requests being answered |
/// | `thumbwheel_answers_failed_total` | requests whose answer ended with an error |
@Singleton
final class Observations {
    private final ReleaseMetrics releases;
    private final Scheduler scheduler;
    private final Pace pace;
    private final Tracer tracer;
    private final Clock clock;
    private final boolean lines;
    private final Counter failures;
    private final AtomicInteger open = new AtomicInteger();

    Observations(
            ReleaseMetrics releases,
            Scheduler scheduler,
            Pace pace,
            Tracer tracer,
            Clock clock,
            ServingConfig config,
            MeterRegistry metrics) {
        this.releases = releases;
        this.scheduler = scheduler;
        this.pace = pace;
        this.tracer = tracer;
        this.clock = clock;
        this.lines = config.log().answers();
        this.failures = metrics.counter("thumbwheel.answers.failed");
        metrics.gauge("thumbwheel.answers.open", open);
    }

    /// Begins to observe an answer.
    Observation begin(Prompt prompt, Lease lease, Exchange exchange) {
        open.incrementAndGet();
        String release = lease.release().id();
        return new Observation(
                this,
                new AnswerTrace(tracer, exchange.trace(), clock),
                new AnswerLine(lines, prompt, exchange.requestId(), release),
                release,
                prompt.promptIds().size());
    }

    /// How many requests are being answered.
    int open() {
        return open.get();
    }

    void token(String release, GenerationTimes times, long arrival, int prompt) {
        releases.token(release, times, arrival, prompt);
        if (times.tokens() > 1) {
            pace.drew(release, Math.max(1, scheduler.running()), times.interToken());
        }
    }

    ReleaseMetrics releases() {
        return releases;
    }

    void failed() {
        failures.increment();
    }

    void closed() {
        open.decrementAndGet();
    }
}
