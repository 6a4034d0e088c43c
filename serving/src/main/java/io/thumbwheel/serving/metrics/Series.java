package io.thumbwheel.serving.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.serving.generation.GenerationTimes;
import io.thumbwheel.serving.generation.PolicyHandle;
import io.thumbwheel.serving.generation.PolicyLoad;
import io.thumbwheel.serving.metrics.Naming.Figure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// The figures of one release under one naming.
final class Series {
    /// From half a millisecond, a token of a tiny model, to five minutes: 1, 2, 5 and so on.
    private static final Duration[] BUCKETS =
            IntStream.of(
                            500,
                            1_000,
                            2_000,
                            5_000,
                            10_000,
                            20_000,
                            50_000,
                            100_000,
                            200_000,
                            500_000,
                            1_000_000,
                            2_000_000,
                            5_000_000,
                            10_000_000,
                            20_000_000,
                            50_000_000,
                            100_000_000,
                            300_000_000)
                    .mapToObj(micros -> Duration.ofNanos(1_000L * micros))
                    .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final Naming naming;
    private final Tags labels;
    private final List<Meter> meters = new ArrayList<>();
    private final Map<FinishReason, Counter> ended = new EnumMap<>(FinishReason.class);
    private final Counter promptTokens;
    private final Counter generationTokens;
    private final Timer firstToken;
    private final Timer interToken;
    private final Timer endToEnd;
    private final Timer queue;
    private final Timer prefill;
    private final Timer decode;
    private final Timer inference;

    Series(MeterRegistry registry, Naming naming, String release) {
        this.registry = registry;
        this.naming = naming;
        this.labels = naming.labels(release);
        for (FinishReason reason : FinishReason.values()) {
            ended.put(
                    reason,
                    counter(Figure.ENDED, labels.and("finished_reason", naming.reason(reason))));
        }
        promptTokens = counter(Figure.PROMPT_TOKENS, labels);
        generationTokens = counter(Figure.GENERATION_TOKENS, labels);
        firstToken = timer(Figure.FIRST_TOKEN);
        interToken = timer(Figure.INTER_TOKEN);
        endToEnd = timer(Figure.END_TO_END);
        queue = timer(Figure.QUEUE);
        prefill = timer(Figure.PREFILL);
        decode = timer(Figure.DECODE);
        inference = timer(Figure.INFERENCE);
    }

    /// Also tells how busy the release's policy is.
    void watch(PolicyHandle handle) {
        PolicyLoad load = handle.load();
        long places = (long) handle.policy().slots() * handle.policy().context();
        gauge(Figure.RUNNING, load, PolicyLoad::running);
        gauge(Figure.WAITING, load, PolicyLoad::waiting);
        gauge(Figure.KV_CACHE, load, now -> (double) now.tokensHeld() / places);
        count(Figure.PREFIX_QUERIES, load, PolicyLoad::prefixQueries);
        count(Figure.PREFIX_HITS, load, PolicyLoad::prefixHits);
    }

    /// A token was drawn.
    ///
    /// @param arrival when the request was taken in
    /// @param prompt tokens of the prompt
    void token(GenerationTimes times, long arrival, int prompt) {
        generationTokens.increment();
        if (times.tokens() == 1) {
            promptTokens.increment(prompt);
            record(firstToken, times.firstToken() - arrival);
        } else {
            record(interToken, times.interToken());
        }
    }

    /// A choice that had a slot and has tokens is at its end.
    void times(GenerationTimes times, long arrival) {
        record(endToEnd, times.lastToken() - arrival);
        record(queue, times.scheduled() - times.queued());
        record(prefill, times.firstToken() - times.scheduled());
        record(decode, times.lastToken() - times.firstToken());
        record(inference, times.lastToken() - times.scheduled());
    }

    void ended(FinishReason reason) {
        Counter counter = ended.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    /// Tells nothing any more.
    void close() {
        meters.forEach(registry::remove);
    }

    private Counter counter(Figure figure, Tags tags) {
        return kept(Counter.builder(naming.of(figure)).tags(tags).register(registry));
    }

    private Timer timer(Figure figure) {
        return kept(
                Timer.builder(naming.of(figure))
                        .tags(labels)
                        .serviceLevelObjectives(BUCKETS)
                        .register(registry));
    }

    private void gauge(Figure figure, PolicyLoad load, ToDoubleFunction<PolicyLoad> value) {
        kept(Gauge.builder(naming.of(figure), load, value).tags(labels).register(registry));
    }

    private void count(Figure figure, PolicyLoad load, ToDoubleFunction<PolicyLoad> value) {
        kept(
                FunctionCounter.builder(naming.of(figure), load, value)
                        .tags(labels)
                        .register(registry));
    }

    private <M extends Meter> M kept(M meter) {
        meters.add(meter);
        return meter;
    }

    private static void record(Timer timer, long nanos) {
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }
}
