package io.thumbwheel.serving;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.thumbwheel.schemas.event.SwapReport.ReleaseApplied;
import io.thumbwheel.schemas.event.SwapReport.ReleaseRefused;
import io.thumbwheel.schemas.event.Topics;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The rollout over HTTP and Kafka, and what answers do meanwhile.
@QuarkusTest
@WithTestResource(value = ServingPlatform.class, scope = TestResourceScope.GLOBAL)
class SwapIT {
    private static final String GREEDY =
            """
            {"model":"%s","messages":[{"role":"user","content":"hello"}],"temperature":0,"max_tokens":16,"n":2}
            """;

    @Inject ServingConfig config;

    @BeforeEach
    void ready() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> given().get("/ready").statusCode() == 200);
        decide("{\"action\":\"promote\",\"release\":\"%s\"}".formatted(ReleaseFolders.FIRST))
                .statusCode(200);
        awaitServing(ReleaseFolders.FIRST);
    }

    @AfterEach
    void withoutArms() {
        decide("{\"action\":\"canary\",\"share\":0}").statusCode(200);
        decide("{\"action\":\"hold_out\",\"share\":0}").statusCode(200);
    }

    private static ValidatableResponse decide(String body) {
        return given().header("Authorization", "Bearer " + ServingPlatform.OPERATOR)
                .contentType("application/json")
                .body(body)
                .post("/v1/rollout")
                .then();
    }

    private static Response rollout() {
        return given().header("Authorization", "Bearer " + ServingPlatform.OPERATOR)
                .get("/v1/rollout");
    }

    private static Response chat(String body) {
        return given().header("Authorization", "Bearer " + ServingPlatform.CHAT)
                .contentType("application/json")
                .body(body)
                .post("/v1/chat/completions");
    }

    private static void awaitServing(String release) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> release.equals(rollout().path("serving.primary")));
    }

    private static List<String> greedy(String release) {
        return chat(GREEDY.formatted(release)).path("choices.message.content");
    }

    @Test
    void tenSwapsUnderLoadFailNoAnswerAndMixNone() throws Exception {
        Map<String, List<String>> expected =
                Map.of(
                        ReleaseFolders.FIRST, greedy(ReleaseFolders.FIRST),
                        ReleaseFolders.NEXT, greedy(ReleaseFolders.NEXT));
        assertThat(expected.get(ReleaseFolders.FIRST))
                .isNotEqualTo(expected.get(ReleaseFolders.NEXT));
        AtomicBoolean enough = new AtomicBoolean();
        ConcurrentLinkedQueue<Response> answers = new ConcurrentLinkedQueue<>();
        int applied = reports(ReleaseApplied.class).size();

        try (ExecutorService clients = Executors.newFixedThreadPool(4)) {
            for (int client = 0; client < 4; client++) {
                clients.execute(() -> {
                    while (!enough.get()) {
                        answers.add(chat(GREEDY.formatted("policy")));
                    }
                });
            }
            for (int swap = 0; swap < 10; swap++) {
                String next = swap % 2 == 0 ? ReleaseFolders.NEXT : ReleaseFolders.FIRST;
                decide("{\"action\":\"promote\",\"release\":\"%s\"}".formatted(next))
                        .statusCode(200);
                awaitServing(next);
            }
            enough.set(true);
            clients.shutdown();
            assertThat(clients.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(answers).extracting(Response::statusCode).containsOnly(200);
        assertThat(answers)
                .extracting(answer -> answer.<String>path("system_fingerprint"))
                .contains(ReleaseFolders.FIRST, ReleaseFolders.NEXT);
        for (Response answer : answers) {
            assertThat(answer.<List<String>>path("choices.message.content"))
                    .isEqualTo(expected.get(answer.<String>path("system_fingerprint")));
        }
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() ->
                        assertThat(reports(ReleaseApplied.class))
                                .hasSizeGreaterThanOrEqualTo(applied + 10)
                                .last()
                                .satisfies(report -> {
                                    assertThat(report.replica()).isEqualTo("replica-1");
                                    assertThat(report.flipMicros()).isLessThan(1_000);
                                }));
    }

    private <E extends io.thumbwheel.schemas.event.Event> List<E> reports(Class<E> kind) {
        return EventsOf.kind(kind, Topics.SWAPS, config.kafka());
    }

    @ParameterizedTest
    @CsvSource({
        "r2-00000001, model.safetensors",
        "r3-00000002, model.onnx.data",
        "r4-00000003, tokenizer.json"
    })
    void aDamagedReleaseIsRefusedAndTheOldOneKeepsServing(String id, String file)
            throws IOException {
        Path folder = ReleaseFolders.copyAs(id, config.releases());
        ReleaseFolders.damage(folder.resolve(file));

        decide("{\"action\":\"promote\",\"release\":\"%s\"}".formatted(id)).statusCode(200);

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() ->
                        assertThat(reports(ReleaseRefused.class))
                                .anySatisfy(report -> {
                                    assertThat(report.release()).isEqualTo(id);
                                    assertThat(report.reason()).contains(file, "is damaged");
                                }));
        assertThat(rollout().<String>path("primary")).isEqualTo(id);
        assertThat(rollout().<String>path("serving.primary")).isEqualTo(ReleaseFolders.FIRST);
        assertThat(chat(GREEDY.formatted("policy")).<String>path("system_fingerprint"))
                .isEqualTo(ReleaseFolders.FIRST);
        assertThat(chat(GREEDY.formatted(id)).statusCode()).isEqualTo(503);
    }

    @Test
    void aCanaryServesItsShareAndAConversationKeepsItsArm() {
        decide(
                        "{\"action\":\"canary\",\"release\":\"%s\",\"share\":0.5}"
                                .formatted(ReleaseFolders.NEXT))
                .statusCode(200)
                .body("canary_share", equalTo(0.5f));
        await().until(() ->
                rollout().<Integer>path("serving.revision").equals(rollout().path("revision")));

        List<String> first = fingerprints();
        List<String> again = fingerprints();

        assertThat(first).contains(ReleaseFolders.FIRST, ReleaseFolders.NEXT);
        assertThat(again).isEqualTo(first);
    }

    private static List<String> fingerprints() {
        return java.util.stream.IntStream.range(0, 24)
                .mapToObj(talk ->
                        chat("""
                        {"model":"policy","messages":[{"role":"user","content":"hello"}],
                        "max_tokens":1,"conversation":"talk-%d"}
                        """
                                        .formatted(talk))
                                .<String>path("system_fingerprint"))
                .toList();
    }

    @Test
    void aRollbackReturnsToThePrimaryBefore() {
        decide("{\"action\":\"promote\",\"release\":\"%s\"}".formatted(ReleaseFolders.NEXT))
                .statusCode(200)
                .body("primary", equalTo(ReleaseFolders.NEXT))
                .body("previous", equalTo(ReleaseFolders.FIRST))
                .body("by", equalTo("operator"));
        awaitServing(ReleaseFolders.NEXT);

        decide("{\"action\":\"rollback\"}")
                .statusCode(200)
                .body("primary", equalTo(ReleaseFolders.FIRST));

        awaitServing(ReleaseFolders.FIRST);
        decide("{\"action\":\"pin\"}").statusCode(200).body("pinned", equalTo(true));
        decide("{\"action\":\"unpin\"}").statusCode(200).body("pinned", equalTo(false));
    }

    @Test
    void aDecisionOnAStaleBaseIsAConflict() {
        int revision = rollout().path("revision");
        decide("{\"action\":\"pin\",\"base\":%d}".formatted(revision)).statusCode(200);

        decide("{\"action\":\"unpin\",\"base\":%d}".formatted(revision))
                .statusCode(409)
                .contentType("application/problem+json")
                .body("code", equalTo("stale_base"))
                .body("detail", containsString("revision " + revision));
        assertThat(rollout().<Boolean>path("pinned")).isTrue();
        decide("{\"action\":\"unpin\"}").statusCode(200);
    }

    @Test
    void anOperatorsMistakeChangesNothing() {
        int revision = rollout().path("revision");

        decide("{\"action\":\"promote\",\"release\":\"r9-99999999\"}").statusCode(404);
        decide("{\"action\":\"promote\"}").statusCode(400);
        decide("{\"action\":\"explode\"}")
                .statusCode(400)
                .body("detail", containsString("rollback"));
        decide(
                        "{\"action\":\"canary\",\"release\":\"%s\",\"share\":1.5}"
                                .formatted(ReleaseFolders.NEXT))
                .statusCode(400);
        given().header("Authorization", "Bearer " + ServingPlatform.CHAT)
                .get("/v1/rollout")
                .then()
                .statusCode(403);

        assertThat(rollout().<Integer>path("revision")).isEqualTo(revision);
    }
}
