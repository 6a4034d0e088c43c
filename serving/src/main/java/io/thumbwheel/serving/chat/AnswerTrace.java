package io.thumbwheel.serving.chat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.serving.generation.GenerationTimes;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// One answer's part of a trace, below the span of its request: `queue`, `prefill` and `decode` of
/// each choice, and `completions.v1 send`, whose context goes to Kafka with the record. Spans are
/// made when their times are known, so that tracing costs nothing per token.
final class AnswerTrace {
    private static final AttributeKey<Long> CHOICE = AttributeKey.longKey("thumbwheel.choice");
    private static final AttributeKey<String> MODEL =
            AttributeKey.stringKey("gen_ai.response.model");
    private static final AttributeKey<Long> READ =
            AttributeKey.longKey("gen_ai.usage.input_tokens");
    private static final AttributeKey<Long> WRITTEN =
            AttributeKey.longKey("gen_ai.usage.output_tokens");
    private static final AttributeKey<List<String>> REASONS =
            AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");

    private final Tracer tracer;
    private final Context request;
    private final long epochNanos; // what System.nanoTime() must be added to

    /// @param request the context of the request's own span
    AnswerTrace(Tracer tracer, Context request, Clock clock) {
        this.tracer = tracer;
        this.request = request;
        Instant now = clock.instant();
        this.epochNanos =
                TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano() - System.nanoTime();
    }

    /// Tells the steps of a choice that had a slot and has tokens.
    void choice(int choice, GenerationTimes times, String release, int prompt, FinishReason why) {
        step("queue", choice, times.queued(), release)
                .end(epochNanos + times.scheduled(), TimeUnit.NANOSECONDS);
        step("prefill", choice, times.scheduled(), release)
                .setAttribute(READ, (long) prompt)
                .end(epochNanos + times.firstToken(), TimeUnit.NANOSECONDS);
        step("decode", choice, times.firstToken(), release)
                .setAttribute(WRITTEN, (long) times.tokens())
                .setAttribute(REASONS, List.of(Envelope.reason(why)))
                .end(epochNanos + times.lastToken(), TimeUnit.NANOSECONDS);
    }

    private Span step(String name, int choice, long from, String release) {
        return tracer.spanBuilder(name)
                .setParent(request)
                .setStartTimestamp(epochNanos + from, TimeUnit.NANOSECONDS)
                .setAttribute(CHOICE, (long) choice)
                .setAttribute(MODEL, release)
                .startSpan();
    }

    /// Begins to record the answer in Kafka.
    Sending sending() {
        return new Sending(
                tracer.spanBuilder("completions.v1 send")
                        .setParent(request)
                        .setSpanKind(SpanKind.PRODUCER)
                        .setAttribute("messaging.system", "kafka")
                        .setAttribute("messaging.destination.name", "completions.v1")
                        .startSpan(),
                request);
    }

    /// The record on its way.
    record Sending(Span span, Context request) {
        /// What goes with it; nothing where nobody traces.
        Map<String, String> headers() {
            Map<String, String> headers = new HashMap<>();
            W3CTraceContextPropagator.getInstance()
                    .inject(
                            request.with(span),
                            headers,
                            (_, key, value) -> headers.put(key, value));
            return headers;
        }

        void end() {
            span.end();
        }
    }
}
