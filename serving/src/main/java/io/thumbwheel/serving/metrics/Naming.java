package io.thumbwheel.serving.metrics;

import io.micrometer.core.instrument.Tags;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import java.util.Locale;

/// Under which names and labels the same figures are told. Prometheus adds `_total` to counters and
/// `_seconds` to times.
enum Naming {
    /// Ours.
    THUMBWHEEL {
        @Override
        String of(Figure figure) {
            return "thumbwheel." + figure.ours();
        }

        @Override
        Tags labels(String release) {
            return Tags.of("release", release);
        }

        @Override
        String reason(FinishReason reason) {
            return reason.name().toLowerCase(Locale.ROOT);
        }
    },
    /// vLLM's, which dashboards, autoscalers and endpoint pickers know (vLLM's documentation,
    /// "Production Metrics").
    VLLM {
        @Override
        String of(Figure figure) {
            return "vllm:" + figure.vllms();
        }

        @Override
        Tags labels(String release) {
            return Tags.of("model_name", release, "engine", "0");
        }

        @Override
        String reason(FinishReason reason) {
            return reason == FinishReason.CANCELLED ? "abort" : THUMBWHEEL.reason(reason);
        }
    };

    abstract String of(Figure figure);

    abstract Tags labels(String release);

    abstract String reason(FinishReason reason);

    /// What is measured, by both names.
    enum Figure {
        RUNNING("requests.running", "num_requests_running"),
        WAITING("requests.waiting", "num_requests_waiting"),
        KV_CACHE("kv.cache.usage.ratio", "kv_cache_usage_perc"),
        PREFIX_QUERIES("prefix.cache.queries", "prefix_cache_queries"),
        PREFIX_HITS("prefix.cache.hits", "prefix_cache_hits"),
        PROMPT_TOKENS("prompt.tokens", "prompt_tokens"),
        GENERATION_TOKENS("generation.tokens", "generation_tokens"),
        ENDED("choices", "request_success"),
        FIRST_TOKEN("time.to.first.token", "time_to_first_token"),
        INTER_TOKEN("inter.token.latency", "inter_token_latency"),
        END_TO_END("e2e.request.latency", "e2e_request_latency"),
        QUEUE("request.queue.time", "request_queue_time"),
        PREFILL("request.prefill.time", "request_prefill_time"),
        DECODE("request.decode.time", "request_decode_time"),
        INFERENCE("request.inference.time", "request_inference_time");

        private final String ours;
        private final String vllms;

        Figure(String ours, String vllms) {
            this.ours = ours;
            this.vllms = vllms;
        }

        String ours() {
            return ours;
        }

        String vllms() {
            return vllms;
        }
    }
}
