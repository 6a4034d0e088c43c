package io.thumbwheel.serving;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The packaged service, a process of its own, while it stops.
class StopIT {
    private static final int STREAMS = 36; // a few seconds' work for the quickest machine

    /// Sixteen choices that end at the limit of the context: the bias bars the end of the answer.
    private static final String LONG =
            """
            {"model":"r0-6320f0ed","messages":[{"role":"user","content":"hello"}],
            "temperature":0,"logit_bias":{"2":-100},"n":16,"stream":true}
            """;

    private static double open() {
        return ServingProcess.metric("thumbwheel_answers_open");
    }

    @Test
    void streamsFinishAndNothingNewBegins() throws Exception {
        Map<String, String> settings =
                Map.of(
                        "serving.log.json", "true",
                        "serving.queue.waiting", "2000",
                        "serving.queue.drain", "60s",
                        // Its own readers are slow on a busy machine.
                        "serving.queue.behind", "100000");
        try (ServingProcess serving = new ServingProcess("stopping", settings);
                ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<SseClient.Stream>> streams = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                streams.add(readers.submit(() -> SseClient.chat(LONG)));
            }
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> { // all have begun, some run
                        long ended = streams.stream().filter(Future::isDone).count();
                        double open = open();
                        return open > 0 && ended + open >= STREAMS;
                    });

            serving.process().destroy(); // SIGTERM
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> given().get("/ready").statusCode() == 503);
            given().header("Authorization", "Bearer " + ServingPlatform.CHAT)
                    .contentType("application/json")
                    .body(LONG)
                    .post("/v1/chat/completions")
                    .then()
                    .statusCode(503)
                    .header("retry-after", "5")
                    .body("error.code", equalTo("stopping"));

            for (Future<SseClient.Stream> stream : streams) {
                assertThat(stream.get(60, TimeUnit.SECONDS).events()).last().isEqualTo("[DONE]");
            }
            assertThat(serving.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat( // on a slow machine Kafka may have one twice, as the journal says
                            EventsOf.kind(
                                            CompletionServed.class,
                                            Topics.COMPLETIONS,
                                            serving.kafka())
                                    .stream()
                                    .map(CompletionServed::id)
                                    .distinct())
                    .hasSize(STREAMS);
            List<String> lines = serving.lines();
            assertThat(lines.getLast()).startsWith("{").contains("stopped in");
            assertThat(lines)
                    .filteredOn(line -> line.contains("\"answered: "))
                    .hasSize(STREAMS)
                    .allMatch(line -> line.contains("\"release\":\"r0-6320f0ed\""));
        }
    }
}
