package io.thumbwheel.serving;

import static io.restassured.RestAssured.given;
import static io.thumbwheel.serving.Requests.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.Topics;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.LogContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What an operator sees of an answer: figures, a trace, a log line.
@QuarkusTest
@WithTestResource(value = ServingPlatform.class, scope = TestResourceScope.GLOBAL)
class ObservabilityIT {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @Inject ServingConfig config;
    @Inject RecordedSpans spans;

    @BeforeEach
    void ready() {
        Requests.awaitReady();
    }

    private static Response ask(String text, String more) {
        return as(ServingPlatform.CHAT)
                .header("traceparent", "00-%s-00f067aa0ba902b7-01".formatted(TRACE))
                .header("x-request-id", "mine-1")
                .body(
                        """
                        {"model":"r0-6320f0ed","messages":[{"role":"user","content":"%s"}],
                        "temperature":0,"max_tokens":6%s}
                        """
                                .formatted(text, more))
                .post("/v1/chat/completions");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vllm:num_requests_running{} 0.0",
                "vllm:num_requests_waiting{} 0.0",
                "vllm:kv_cache_usage_perc{} 0.0",
                "vllm:prefix_cache_queries_total{}",
                "vllm:prefix_cache_hits_total{}",
                "vllm:prompt_tokens_total{}",
                "vllm:generation_tokens_total{}",
                "vllm:time_to_first_token_seconds_bucket{,le=\"0.001\"}",
                "vllm:inter_token_latency_seconds_bucket{,le=\"0.005\"}",
                "vllm:e2e_request_latency_seconds_bucket{,le=\"300.0\"}",
                "vllm:request_queue_time_seconds_count{}",
                "vllm:request_prefill_time_seconds_sum{}",
                "vllm:request_decode_time_seconds_count{}",
                "vllm:request_inference_time_seconds_count{}",
            })
    void vllmsDashboardsFindTheirNames(String series) {
        ask("hello", "").then().statusCode(200);

        String wanted = series.replace("{", "{engine=\"0\",model_name=\"r0-6320f0ed\"");

        assertThat(given().get("/metrics").asString()).contains("\n" + wanted);
    }

    @Test
    void figuresCountWhatWasAnswered() {
        double first = figure("thumbwheel_time_to_first_token_seconds_count");
        double between = figure("thumbwheel_inter_token_latency_seconds_count");
        double read = figure("thumbwheel_prompt_tokens_total");
        double written = figure("thumbwheel_generation_tokens_total");
        double ended = figure("thumbwheel_choices_total", "finished_reason=\"length\",");

        ask("hello", ",\"n\":2").then().statusCode(200);

        assertThat(figure("thumbwheel_time_to_first_token_seconds_count")).isEqualTo(first + 2);
        assertThat(figure("thumbwheel_inter_token_latency_seconds_count")).isEqualTo(between + 10);
        assertThat(figure("thumbwheel_prompt_tokens_total")).isEqualTo(read + 16);
        assertThat(figure("thumbwheel_generation_tokens_total")).isEqualTo(written + 12);
        assertThat(figure("thumbwheel_choices_total", "finished_reason=\"length\","))
                .isEqualTo(ended + 2);
    }

    private static double figure(String name) {
        return figure(name, "");
    }

    private static double figure(String name, String labels) {
        String start = "%s{%srelease=\"r0-6320f0ed\"}".formatted(name, labels);
        return given().get("/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .mapToDouble(Double::parseDouble)
                .sum();
    }

    @Test
    void aTraceGoesFromHttpToKafka() {
        String id = ask("hello", "").then().statusCode(200).extract().path("id");

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() ->
                        assertThat(spans.of(TRACE))
                                .extracting(SpanData::getName)
                                .contains(
                                        "POST /v1/chat/completions",
                                        "queue",
                                        "prefill",
                                        "decode",
                                        "completions.v1 send"));
        String key = CompletionId.parse(id).route();
        List<String> sent =
                EventsOf.headers("traceparent", key, Topics.COMPLETIONS, config.kafka());
        assertThat(sent).isNotEmpty().allMatch(header -> header.startsWith("00-" + TRACE));
        String sender = sent.getLast().split("-")[2];
        SpanData sending =
                spans.of(TRACE).stream()
                        .filter(span -> span.getSpanId().equals(sender))
                        .findFirst()
                        .orElseThrow();
        SpanData parent =
                spans.of(TRACE).stream()
                        .filter(span -> span.getSpanId().equals(sending.getParentSpanId()))
                        .findFirst()
                        .orElseThrow();
        assertThat(sending.getName()).isEqualTo("completions.v1 send");
        assertThat(parent.getName()).isEqualTo("POST /v1/chat/completions");
        assertThat(parent.getParentSpanId()).isEqualTo("00f067aa0ba902b7");
    }

    @Test
    void theRequestIsCalledByItsIdEverywhere() {
        ask("hello", "").then().header("x-request-id", equalTo("mine-1"));
        as(ServingPlatform.CHAT)
                .header("x-request-id", "not sound")
                .get("/v1/models")
                .then()
                .header("x-request-id", matchesPattern("[0-9a-f-]{36}"));
    }

    @Test
    void linesHaveFieldsAndNeverWhatWasSaid() throws Exception {
        Lines lines = new Lines();
        var root = LogContext.getLogContext().getLogger("");
        root.addHandler(lines);
        String id;
        try {
            id = ask("tell me of the quokka", "").then().statusCode(200).extract().path("id");
            ask("quokka", ",\"max_tokens\":100000,\"max_completion_tokens\":7")
                    .then()
                    .statusCode(400);
            ask("quokka ".repeat(200), "").then().statusCode(400);
        } finally {
            root.removeHandler(lines);
        }

        assertThat(lines.text).noneMatch(Pattern.compile("quokka|you" + "you").asPredicate());
        List<JsonNode> own = new ArrayList<>();
        for (String text : lines.text) {
            JsonNode read = new JsonMapper().readTree(text);
            if (read.at("/mdc/completion").asText().equals(id)) {
                own.add(read);
            }
        }
        assertThat(own).hasSize(1);
        JsonNode line = own.getFirst();
        assertThat(line.at("/message").asText()).startsWith("answered: ").contains("+ 6 tokens");
        assertThat(line.at("/mdc/request").asText()).isEqualTo("mine-1");
        assertThat(line.at("/mdc/release").asText()).isEqualTo(ReleaseFolders.FIRST);
        assertThat(line.at("/mdc/conversation").asText()).isEqualTo(CompletionId.parse(id).route());
    }

    /// Keeps log lines as `serving.log.json` writes them.
    private static final class Lines extends ExtHandler {
        private final Queue<String> text = new ConcurrentLinkedQueue<>();

        Lines() {
            setFormatter(new JsonLines());
        }

        @Override
        protected void doPublish(ExtLogRecord record) {
            text.add(getFormatter().format(record));
        }
    }
}
