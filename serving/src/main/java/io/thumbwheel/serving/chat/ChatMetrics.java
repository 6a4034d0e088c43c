package io.thumbwheel.serving.chat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.CompletionServed.Choice;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.serving.generation.Scheduler;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// What serving measures about answers, by vLLM's definitions under the prefix `thumbwheel_`:
///
/// | metric | meaning |
/// |---|---|
/// | `requests_running`, `requests_waiting` | choices with and without a slot |
/// | `answers_open` | requests being answered |
/// | `prompt_tokens_total`, `generation_tokens_total` | tokens read and sampled |
/// | `choices_total{finished_reason}` | choices ended |
/// | `time_to_first_token_seconds` | request taken in to first token |
/// | `inter_token_latency_seconds` | between two tokens of a choice |
/// | `e2e_request_latency_seconds` | request taken in to last token |
@Singleton
final class ChatMetrics {
    private final Timer firstToken;
    private final Timer interToken;
    private final Timer endToEnd;
    private final Counter promptTokens;
    private final Counter generationTokens;
    private final Counter failures;
    private final Map<FinishReason, Counter> choices = new EnumMap<>(FinishReason.class);
    private final AtomicInteger openAnswers = new AtomicInteger();

    ChatMetrics(MeterRegistry metrics, Scheduler scheduler) {
        firstToken = timer(metrics, "thumbwheel.time.to.first.token");
        interToken = timer(metrics, "thumbwheel.inter.token.latency");
        endToEnd = timer(metrics, "thumbwheel.e2e.request.latency");
        promptTokens = metrics.counter("thumbwheel.prompt.tokens");
        generationTokens = metrics.counter("thumbwheel.generation.tokens");
        failures = metrics.counter("thumbwheel.answers.failed");
        for (FinishReason reason : FinishReason.values()) {
            choices.put(
                    reason,
                    metrics.counter(
                            "thumbwheel.choices",
                            "finished_reason",
                            reason.name().toLowerCase(Locale.ROOT)));
        }
        metrics.gauge("thumbwheel.answers.open", openAnswers);
        metrics.gauge("thumbwheel.requests.running", scheduler, Scheduler::running);
        metrics.gauge("thumbwheel.requests.waiting", scheduler, Scheduler::waiting);
    }

    private static Timer timer(MeterRegistry metrics, String name) {
        return Timer.builder(name)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofMinutes(1))
                .register(metrics);
    }

    /// How many requests are being answered.
    int open() {
        return openAnswers.get();
    }

    /// The clocks of one request, started now.
    Clocks start() {
        openAnswers.incrementAndGet();
        return new Clocks(System.nanoTime());
    }

    /// The clocks of one request; used by the scheduler's thread.
    final class Clocks {
        private final long start;
        private final Map<ChoiceDraft, Long> lastToken = new IdentityHashMap<>();

        private Clocks(long start) {
            this.start = start;
        }

        /// A token of a choice was sampled.
        void token(ChoiceDraft choice) {
            long now = System.nanoTime();
            Long last = lastToken.put(choice, now);
            if (last == null) {
                firstToken.record(now - start, TimeUnit.NANOSECONDS);
            } else {
                interToken.record(now - last, TimeUnit.NANOSECONDS);
            }
        }

        /// The request was answered.
        void ended(CompletionServed served) {
            endToEnd.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            promptTokens.increment(served.promptIds().size());
            for (Choice choice : served.choices()) {
                generationTokens.increment(choice.tokenIds().size());
                Counter counter = choices.get(choice.finishReason());
                if (counter != null) {
                    counter.increment();
                }
            }
        }

        /// The request was not answered.
        void failed() {
            failures.increment();
        }

        /// The request is over, its end told.
        void closed() {
            openAnswers.decrementAndGet();
        }
    }
}
