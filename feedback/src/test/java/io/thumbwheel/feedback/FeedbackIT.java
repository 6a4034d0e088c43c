package io.thumbwheel.feedback;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.thumbwheel.schemas.event.ApiKeys;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.SigningKey;
import io.thumbwheel.schemas.event.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The whole service on a real Kafka.
@QuarkusTest
@QuarkusTestResource(RunningKafka.class)
final class FeedbackIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    private Log log;
    private final CompletionId two = Talk.id("talk", 2);

    @BeforeEach
    void connect() {
        log =
                new Log(
                        ConfigProvider.getConfig()
                                .getValue("thumbwheel.feedback.kafka", String.class));
        await().atMost(SOON).until(() -> given().get("/q/health/ready").statusCode() == 200);
    }

    @AfterEach
    void disconnect() {
        log.close();
    }

    @Test
    void aPickBecomesAnExample() {
        log.write(Topics.COMPLETIONS, Talk.served(two, "asker", true));
        log.flush();

        String feedbackId =
                post("labeler-key", pick(1))
                        .statusCode(202)
                        .body("status", equalTo("accepted"))
                        .extract()
                        .path("feedback_id");

        Example example =
                await().atMost(SOON)
                        .until(() -> examplesOf(feedbackId), found -> !found.isEmpty())
                        .getFirst();
        assertThat(example)
                .isInstanceOfSatisfying(
                        Example.Preference.class,
                        preference -> {
                            assertThat(preference.outcome()).isEqualTo(Example.Outcome.B);
                            assertThat(preference.promptIds()).isEqualTo(Talk.PROMPT);
                        });
        assertThat(example.provenance().raterKind()).isEqualTo(RaterKind.LABELER);
        assertThat(example.provenance().rater())
                .isEqualTo(
                        ApiKeys.pseudonym(
                                Talk.SIGNING,
                                new ApiKeys.ApiKey(
                                        "people", "", "acme", Set.of(), RaterKind.LABELER),
                                "u1"));
    }

    @Test
    void theHeaderOrTheBodyMakesItOnce() {
        String first =
                given().header("Idempotency-Key", "vote-1")
                        .header("Authorization", "Bearer app-key")
                        .contentType(ContentType.JSON)
                        .body(pick(0))
                        .post("/v1/feedback")
                        .then()
                        .statusCode(202)
                        .extract()
                        .path("feedback_id");

        post("app-key", pick(0).replaceFirst("\\{", "{\"id\":\"vote-1\","))
                .statusCode(202)
                .body("feedback_id", equalTo(first));
    }

    @Test
    void refusesWhoMayNot() {
        given().contentType(ContentType.JSON)
                .body(pick(0))
                .post("/v1/feedback")
                .then()
                .statusCode(401)
                .header("WWW-Authenticate", "Bearer")
                .contentType("application/problem+json");
        post("wrong", pick(0)).statusCode(401);
        post("chat-key", pick(0)).statusCode(403).body("detail", containsString("chat"));
    }

    @Test
    void refusesWhatCannotBe() {
        SigningKey foreign = new SigningKey(Base64.getEncoder().encodeToString(new byte[32]));
        String forged = CompletionId.mint("talk", 2, foreign).toString();

        post("app-key", pick(0).replace(two.toString(), forged))
                .statusCode(404)
                .contentType("application/problem+json")
                .body("field", equalTo("completion_id"));
        post("app-key", pick(2)).statusCode(422).body("field", equalTo("chosen"));
        post("app-key", "{\"completion_id\":").statusCode(400);
        post("app-key", "{\"pad\":\"" + "x".repeat(70_000) + "\"}").statusCode(413);
        given().header("Authorization", "Bearer app-key")
                .contentType(ContentType.TEXT)
                .body("up")
                .post("/v1/feedback")
                .then()
                .statusCode(415);
    }

    @Test
    void everyLineOfABulkRequestHasItsVerdict() {
        String lines = pick(0) + "\n" + pick(7) + "\n" + pick(1) + "\n";

        String answer =
                given().header("Authorization", "Bearer app-key")
                        .contentType("application/x-ndjson")
                        .body(lines.getBytes(StandardCharsets.UTF_8))
                        .post("/v1/feedback")
                        .then()
                        .statusCode(200)
                        .extract()
                        .asString();

        assertThat(answer.lines())
                .hasSize(3)
                .satisfiesExactly(
                        line -> assertThat(line).contains("\"line\":1,\"status\":202"),
                        line -> assertThat(line).contains("\"line\":2,\"status\":422"),
                        line -> assertThat(line).contains("\"line\":3,\"status\":202"));
    }

    @Test
    void countsWhatItDoes() {
        post("app-key", pick(0)).statusCode(202);

        given().get("/metrics")
                .then()
                .statusCode(200)
                .body(containsString("thumbwheel_feedback_accepted_total"))
                .body(containsString("thumbwheel_feedback_waiting"));
        given().get("/q/health/live").then().statusCode(200);
        assertThat(log.read(Topics.FEEDBACK))
                .hasSizeGreaterThanOrEqualTo(1)
                .allSatisfy(event -> assertThat(event).isInstanceOf(FeedbackGiven.class));
    }

    private String pick(int chosen) {
        return "{\"completion_id\":\"%s\",\"kind\":\"pick\",\"chosen\":%d,\"consent\":true,\"rater\":{\"id\":\"u1\"}}"
                .formatted(two, chosen);
    }

    private static ValidatableResponse post(String key, String body) {
        return given().header("Authorization", "Bearer " + key)
                .contentType(ContentType.JSON)
                .body(body)
                .post("/v1/feedback")
                .then();
    }

    private List<Example> examplesOf(String feedbackId) {
        return log.read(Topics.EXAMPLES).stream()
                .map(Example.class::cast)
                .filter(example -> example.provenance().feedbackIds().contains(feedbackId))
                .toList();
    }
}
