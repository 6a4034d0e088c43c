package io.thumbwheel.serving;

import static io.restassured.RestAssured.given;
import static io.thumbwheel.serving.Requests.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The packaged service where memory holds one release: a new one takes the old one's place, under
/// streams.
class DrainThenLoadIT {
    private static final Map<String, String> ROOM_FOR_ONE =
            Map.of(
                    "serving.residence.cache", "1",
                    "serving.residence.when-full", "drain-then-load",
                    "serving.queue.drain", "4s",
                    "serving.queue.waiting", "2000",
                    // Its own readers are slow on a busy machine.
                    "serving.queue.behind", "100000");

    private static final int ENDLESS = 30; // more than four seconds' work for the quickest machine

    /// Choices that end at the limit of the context, for the bias bars the end of the answer; each
    /// token is a pass of its own, which takes time.
    private static String stream(String conversation, int choices) {
        return Requests.hello(
                """
                "temperature":0,"logit_bias":{"2":-100},"stream":true,"conversation":"%s","n":%d,"deterministic":true
                """
                        .formatted(conversation, choices));
    }

    private static void promote(String release) {
        as(ServingPlatform.OPERATOR)
                .body("{\"action\":\"promote\",\"release\":\"%s\"}".formatted(release))
                .post("/v1/rollout")
                .then()
                .statusCode(200);
    }

    private static void awaitServing(String release) {
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        release.equals(
                                as(ServingPlatform.OPERATOR)
                                        .get("/v1/rollout")
                                        .path("serving.primary")));
        Requests.chat(Requests.hello("\"max_tokens\":1"))
                .statusCode(200)
                .body("system_fingerprint", equalTo(release));
    }

    private static List<Future<SseClient.Stream>> begin(ExecutorService readers, List<String> asked)
            throws Exception {
        List<Future<SseClient.Stream>> streams = new ArrayList<>();
        for (String body : asked) {
            streams.add(readers.submit(() -> SseClient.chat(body)));
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> { // all have begun
                    long ended = streams.stream().filter(Future::isDone).count();
                    return ended + open() >= asked.size();
                });
        return streams;
    }

    private static double open() {
        return ServingProcess.metric("thumbwheel_answers_open");
    }

    /// Why each choice of a stream ended.
    private static List<String> ends(SseClient.Stream stream, int choices) {
        assertThat(stream.status()).isEqualTo(200);
        assertThat(stream.events()).last().isEqualTo("[DONE]");
        return IntStream.range(0, choices)
                .mapToObj(choice -> stream.ofChoice(choice).getLast())
                .map((JsonNode last) -> last.path("finish_reason").asText())
                .toList();
    }

    @Test
    void streamsFinishOrAreCutAndRequestsMeanwhileAreToldToComeBack() throws Exception {
        try (ServingProcess serving = new ServingProcess("draining", ROOM_FOR_ONE);
                ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            // What ends within the time is told to its end, by the release that began it.
            List<Future<SseClient.Stream>> brief = begin(readers, List.of(stream("brief", 2)));
            promote(ReleaseFolders.NEXT);
            SseClient.Stream finished = brief.getFirst().get(30, TimeUnit.SECONDS);
            assertThat(ends(finished, 2)).containsOnly("length");
            assertThat(finished.fingerprints()).containsExactly(ReleaseFolders.FIRST);
            awaitServing(ReleaseFolders.NEXT);

            // What does not is cut, whether it has a slot or waits for one.
            List<Future<SseClient.Stream>> endless =
                    begin(
                            readers,
                            IntStream.range(0, ENDLESS)
                                    .mapToObj(index -> stream("endless-" + index, 16))
                                    .toList());
            promote(ReleaseFolders.FIRST);
            await().atMost(Duration.ofSeconds(4))
                    .until(() -> given().get("/ready").statusCode() == 503);
            Requests.chat(Requests.hello("\"max_tokens\":1"))
                    .statusCode(503)
                    .header("retry-after", "2")
                    .body("error.code", equalTo("no_release"));
            awaitServing(ReleaseFolders.FIRST);
            List<String> reasons = new ArrayList<>();
            for (Future<SseClient.Stream> stream : endless) {
                SseClient.Stream cut = stream.get(30, TimeUnit.SECONDS);
                assertThat(cut.fingerprints()).containsExactly(ReleaseFolders.NEXT);
                reasons.addAll(ends(cut, 16));
            }
            assertThat(reasons).contains("cancelled").isSubsetOf("cancelled", "length");
            await().atMost(Duration.ofSeconds(10)).until(() -> open() == 0);

            // The journal says the same.
            assertThat(recorded(serving.kafka()))
                    .containsExactlyInAnyOrderElementsOf(
                            reasons.stream()
                                    .map(reason -> reason.toUpperCase(Locale.ROOT))
                                    .toList());
        }
    }

    /// Why the choices of endless answers ended, by the journal; Kafka may have one twice.
    private static List<String> recorded(String kafka) {
        Map<CompletionId, CompletionServed> answers = new HashMap<>();
        EventsOf.kind(CompletionServed.class, Topics.COMPLETIONS, kafka)
                .forEach(answer -> answers.put(answer.id(), answer));
        return answers.values().stream()
                .filter(answer -> answer.conversation().startsWith("endless-"))
                .flatMap(answer -> answer.choices().stream())
                .map(choice -> choice.finishReason().name())
                .toList();
    }
}
