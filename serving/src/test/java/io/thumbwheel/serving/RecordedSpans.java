package io.thumbwheel.serving;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Keeps the spans of the service under test instead of sending them somewhere.
@Singleton
public final class RecordedSpans implements SpanExporter {
    private final Map<String, SpanData> spans = new ConcurrentHashMap<>(); // by id

    /// Hands each span over as it ends.
    @Produces
    @Singleton
    SimpleSpanProcessor processor() {
        return (SimpleSpanProcessor) SimpleSpanProcessor.create(this);
    }

    List<SpanData> of(String traceId) {
        return spans.values().stream().filter(span -> span.getTraceId().equals(traceId)).toList();
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> ended) {
        ended.forEach(span -> spans.put(span.getSpanId(), span));
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
        return CompletableResultCode.ofSuccess();
    }
}
