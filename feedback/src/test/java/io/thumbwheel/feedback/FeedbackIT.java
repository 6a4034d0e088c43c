package io.thumbwheel.feedback;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.thumbwheel.feedback.dead.DeadLetters;
import io.thumbwheel.feedback.imports.BulkUpload;
import io.thumbwheel.feedback.imports.ForeignFile;
import io.thumbwheel.feedback.imports.RowProblem;
import io.thumbwheel.schemas.event.ApiKeys;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.Example;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.RaterTrust;
import io.thumbwheel.schemas.event.SigningKey;
import io.thumbwheel.schemas.event.Topics;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;
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
                .anySatisfy(event -> assertThat(event).isInstanceOf(FeedbackGiven.class));
    }

    @Test
    void saysWhatBecameOfAFeedback() {
        CompletionId served = Talk.id("talk", 2);
        String early = id(post("app-key", pick(served, 1)));
        awaitStatus(early, "waiting");
        log.write(Topics.COMPLETIONS, Talk.served(served, "asker", true));
        log.flush();

        awaitStatus(early, "joined");
        fate("app-key", early)
                .statusCode(200)
                .body("completion_id", equalTo(served.toString()))
                .body("examples.size()", equalTo(1));
        fate("other-key", early).statusCode(404);
        fate("operator-key", early).statusCode(200);
        fate("app-key", "00000000-0000-0000-0000-000000000000").statusCode(404);

        String later = id(post("app-key", pick(served, 0)));
        awaitStatus(later, "joined");
        fate("app-key", early).body("status", equalTo("superseded"));
        FeedbackGiven given =
                log.read(Topics.FEEDBACK).stream()
                        .filter(FeedbackGiven.class::isInstance)
                        .map(FeedbackGiven.class::cast)
                        .filter(event -> event.id().equals(later))
                        .findFirst()
                        .orElseThrow();
        log.write(
                Topics.RATERS,
                new RaterTrust(
                        given.rater(),
                        Talk.NOW,
                        0,
                        true,
                        "always the same side",
                        new RaterTrust.Ruling(
                                RaterTrust.Decision.QUARANTINE,
                                "operator",
                                "always the same side",
                                Talk.NOW)));
        log.flush();
        awaitStatus(later, "quarantined");
        fate("app-key", later).body("reason", containsString("always the same side"));
    }

    @Test
    void importedAnswersBecomeExamplesOfTheirOwnSource() {
        String line =
                "{\"id\":\"i1\",\"kind\":\"pick\",\"chosen\":1,\"consent\":true,\"prompt\":\"Why?\",\"answers\":[\"So.\",\"Because.\"],\"rater\":{\"id\":\"u7\"}}";

        post("app-key", line).statusCode(422).body("field", equalTo("answers"));
        String feedbackId = id(post("labeler-key", line).statusCode(202));

        awaitStatus(feedbackId, "joined");
        Example example =
                await().atMost(SOON)
                        .until(() -> examplesOf(feedbackId), found -> !found.isEmpty())
                        .getFirst();
        assertThat(example.provenance().raterKind()).isEqualTo(RaterKind.IMPORTED);
        post("labeler-key", line).statusCode(202).body("feedback_id", equalTo(feedbackId));
    }

    @Test
    void whoAsksToBeForgottenLeavesTheExamples() {
        CompletionId served = Talk.id("talk", 2);
        log.write(Topics.COMPLETIONS, Talk.served(served, "asker", true));
        log.flush();
        String given = id(post("app-key", pick(served, 1).replace("u1", "leaver")));
        awaitStatus(given, "joined");

        given().header("Authorization", "Bearer app-key")
                .delete("/v1/raters/leaver")
                .then()
                .statusCode(202)
                .body("status", equalTo("forgetting"));

        await().atMost(SOON).until(() -> statusOf(given) == null);
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(examplesOf(given)).last().isInstanceOf(Example.Withdrawn.class));
        given().delete("/v1/raters/leaver").then().statusCode(401);
    }

    @Test
    void deadLettersThatCanBeReadGoBackOnce() throws Exception {
        String kafka =
                ConfigProvider.getConfig().getValue("thumbwheel.feedback.kafka", String.class);
        CompletionId served = Talk.id("talk", 2);
        log.write(Topics.COMPLETIONS_DEAD, Talk.served(served, "asker", true));
        log.writeBytes(Topics.FEEDBACK_DEAD, "no event".getBytes(StandardCharsets.UTF_8));
        log.flush();

        try (DeadLetters letters = new DeadLetters(kafka)) {
            assertThat(letters.replay()).isEqualTo(new DeadLetters.Replayed(1, 1));
            assertThat(letters.replay()).isEqualTo(new DeadLetters.Replayed(0, 1));
            assertThat(letters.list(Topics.COMPLETIONS_DEAD))
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.replayed()).isTrue());
            assertThat(letters.list(Topics.FEEDBACK_DEAD).getLast().reason())
                    .startsWith("not a readable event");
        }
        assertThat(log.read(Topics.COMPLETIONS)).contains(Talk.served(served, "asker", true));
    }

    @Test
    void filesAreImportedOnceHoweverOften() throws Exception {
        Path file =
                Files.writeString(
                        Files.createTempFile("import", ".jsonl"),
                        """
                        {"prompt":"Hi","completion":"Hello!","label":true,"rater":"p1"}
                        {"prompt":"Hi","completion":"Go away.","label":false,"rater":"p1"}
                        {"prompt":"Hi","completion":"","label":false}
                        nonsense
                        """);
        for (int time = 0; time < 2; time++) {
            List<String> refused = new ArrayList<>();
            List<RowProblem> bad = new ArrayList<>();
            try (BulkUpload upload =
                    new BulkUpload(
                            URI.create("http://127.0.0.1:" + RestAssured.port),
                            "labeler-key",
                            (place, _) -> refused.add(place))) {
                new ForeignFile(file, "import")
                        .forEach(
                                new ForeignFile.Visitor() {
                                    @Override
                                    public void line(String place, ObjectNode line)
                                            throws IOException {
                                        upload.add(place, line);
                                    }

                                    @Override
                                    public void bad(
                                            String place, RowProblem problem, String detail) {
                                        bad.add(problem);
                                    }
                                });
                assertThat(upload.finish()).isEqualTo(2);
            }
            assertThat(refused).isEmpty();
            assertThat(bad).containsExactly(RowProblem.EMPTY_ANSWER, RowProblem.NOT_JSON);
        }
        List<String> given =
                log.read(Topics.FEEDBACK).stream()
                        .filter(FeedbackGiven.class::isInstance)
                        .map(FeedbackGiven.class::cast)
                        .filter(event ->
                                event.imported() != null
                                        && event.imported()
                                                .prompt()
                                                .getFirst()
                                                .content()
                                                .equals("Hi"))
                        .map(FeedbackGiven::id)
                        .toList();
        assertThat(given).hasSize(4);
        assertThat(new HashSet<>(given)).hasSize(2);
    }

    private static String id(ValidatableResponse accepted) {
        return accepted.extract().path("feedback_id");
    }

    private static ValidatableResponse fate(String key, String feedbackId) {
        return given().header("Authorization", "Bearer " + key)
                .get("/v1/feedback/" + feedbackId)
                .then();
    }

    private static void awaitStatus(String feedbackId, String status) {
        await().atMost(SOON).until(() -> status.equals(statusOf(feedbackId)));
    }

    private static @Nullable String statusOf(String feedbackId) {
        Response response =
                given().header("Authorization", "Bearer operator-key")
                        .get("/v1/feedback/" + feedbackId);
        return response.statusCode() == 200 ? response.path("status") : null;
    }

    private String pick(CompletionId about, int chosen) {
        return pick(chosen).replace(two.toString(), about.toString());
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
