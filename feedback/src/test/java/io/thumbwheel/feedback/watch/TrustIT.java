package io.thumbwheel.feedback.watch;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.smallrye.config.SmallRyeConfig;
import io.thumbwheel.feedback.FeedbackConfig;
import io.thumbwheel.feedback.Log;
import io.thumbwheel.feedback.RunningKafka;
import io.thumbwheel.feedback.Talk;
import io.thumbwheel.schemas.event.CompletionId;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion.Pick.Verdict;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.RaterTrust;
import io.thumbwheel.schemas.event.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Trust on a real Kafka: five raters answer the same questions, one of them always wrongly.
@QuarkusTest
@QuarkusTestResource(RunningKafka.class)
final class TrustIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int QUESTIONS = 30;
    private static final String CONTRARY = "0000000000000000000000000000000c";

    private static final List<String> RATERS =
            List.of(rater(0), rater(1), rater(2), rater(3), CONTRARY);

    private final SmallRyeConfig config = ConfigProvider.getConfig().unwrap(SmallRyeConfig.class);
    private final Instant start = Instant.now().truncatedTo(ChronoUnit.MILLIS).minusSeconds(3_600);
    private Log log;

    @BeforeEach
    void connect() {
        log = new Log(config.getValue("thumbwheel.feedback.kafka", String.class));
        await().atMost(SOON).until(() -> given().get("/q/health/ready").statusCode() == 200);
    }

    @AfterEach
    void disconnect() {
        log.close();
    }

    @Test
    void raterBehaviourBecomesTrustThatAnOperatorCanOverrule() throws Exception {
        for (int question = 0; question < QUESTIONS; question++) {
            ask(question);
        }
        log.flush();

        // The tests find the contrary rater, and the topic says so.
        RaterTrust found =
                await().atMost(SOON)
                        .until(
                                () -> trust().get(CONTRARY),
                                trust -> trust != null && trust.quarantined());
        assertThat(found.why()).contains("contrary: agrees with others or gold on 0 of 30");
        assertThat(trust()).containsKeys(rater(0), rater(1), rater(2), rater(3));
        assertThat(trust().get(rater(0)))
                .satisfies(good -> {
                    assertThat(good.quarantined()).isFalse();
                    assertThat(good.weight()).isGreaterThan(RaterTrust.NEWCOMER);
                });
        String row = "raters.find { it.rater == '%s' }".formatted(CONTRARY);
        get("/v1/raters?quarantined=true")
                .body("raters.rater", hasItem(CONTRARY))
                .body("raters.rater", not(hasItem(rater(0))))
                .body(row + ".tests", equalTo(List.of("contrary")))
                .body(row + ".checked", equalTo(QUESTIONS))
                .body(row + ".agreed", equalTo(0))
                .body(row + ".decided_by", equalTo("tests"));

        // A replica that starts later reads the log and comes to the same.
        assertARestartGivesTheSame();

        // The operator lifts the quarantine, and the tests do not put it back.
        rule("trust", "spoken to in person").statusCode(200).body("quarantined", equalTo(false));
        await().atMost(SOON).until(() -> !trust().getOrDefault(CONTRARY, found).quarantined());
        ask(QUESTIONS);
        log.flush();
        await().atMost(SOON)
                .untilAsserted(() ->
                        get("/v1/raters/" + CONTRARY)
                                .body("checked", equalTo(QUESTIONS + 1))
                                .body("quarantined", equalTo(false))
                                .body("tests", equalTo(List.of("contrary")))
                                .body("decided_by", equalTo("operator"))
                                .body("ruling.reason", equalTo("spoken to in person")));
        assertThat(trust().get(CONTRARY))
                .satisfies(trust -> assertThat(trust.quarantined()).isFalse());

        // And leaves it to the tests again.
        rule("none", "back to normal").statusCode(200).body("quarantined", equalTo(true));
        await().atMost(SOON)
                .until(() ->
                        trust().getOrDefault(CONTRARY, found).ruling() != null
                                && trust().getOrDefault(CONTRARY, found).quarantined());

        // The statistics of it all.
        get("/v1/statistics")
                .body("releases.release", hasItem("r0-11111111"))
                .body("coverage.count", greaterThan(QUESTIONS))
                .body("raters.by_test.contrary", equalTo(1))
                .body("agreement[0].agreement.items", greaterThan(QUESTIONS))
                .body("position.of", greaterThanOrEqualTo(5 * (QUESTIONS + 1)))
                .body("field.agreement", equalTo(0.726f));
        given().get("/metrics")
                .then()
                .body(containsString("thumbwheel_feedback_raters_found{test=\"contrary\"} 1.0"))
                .body(containsString("thumbwheel_feedback_first_taken_ratio{bound=\"low\"}"));
    }

    @Test
    void onlyOperatorsSeeAndRuleRaters() {
        given().get("/v1/raters").then().statusCode(401);
        given().header("Authorization", "Bearer app-key").get("/v1/raters").then().statusCode(403);
        given().header("Authorization", "Bearer app-key")
                .get("/v1/statistics")
                .then()
                .statusCode(200);
        given().header("Authorization", "Bearer chat-key")
                .get("/v1/statistics")
                .then()
                .statusCode(403);
        put("nobody", "{\"decision\":\"trust\",\"reason\":\"x\"}").statusCode(404);
        put(CONTRARY, "{\"decision\":\"love\",\"reason\":\"x\"}").statusCode(400);
        put(CONTRARY, "{\"decision\":\"trust\"}").statusCode(422);
        given().header("Authorization", "Bearer operator-key")
                .get("/v1/raters?limit=0")
                .then()
                .statusCode(422);
    }

    /// Four raters pick the first answer, shown first and second in turn; the fifth the other.
    private void ask(int question) {
        CompletionId id = Talk.id("question " + question, 2);
        Instant at = start.plusSeconds(60L * question);
        CompletionServed served = Talk.served(id, "asker", true, List.of(1, question), "answer");
        log.write(
                Topics.COMPLETIONS,
                new CompletionServed(
                        id,
                        at,
                        served.conversation(),
                        served.user(),
                        true,
                        served.messages(),
                        served.promptIds(),
                        served.tokenizerDigest(),
                        served.sampling(),
                        served.choices(),
                        served.metadata()));
        for (int rater = 0; rater < 5; rater++) {
            boolean contrary = rater == 4;
            boolean swapped = (question + rater) % 2 == 0;
            log.write(
                    Topics.FEEDBACK,
                    new FeedbackGiven(
                            "f-%d-%d".formatted(question, rater),
                            at.plusSeconds(5),
                            id,
                            contrary ? CONTRARY : rater(rater),
                            RaterKind.USER,
                            true,
                            new Opinion.Pick(
                                    Talk.all(id),
                                    swapped ? List.of(1, 0) : List.of(0, 1),
                                    Verdict.CHOSE,
                                    contrary ? 1 : 0)));
        }
    }

    private void assertARestartGivesTheSame() throws InterruptedException {
        TrustWatch second =
                new TrustWatch(
                        config.getConfigMapping(FeedbackConfig.class),
                        config.getConfigMapping(TrustConfig.class),
                        new TrustMetrics(new SimpleMeterRegistry()));
        second.start(new StartupEvent());
        try {
            await().atMost(SOON)
                    .untilAsserted(() -> {
                        Map<String, Double> weights = new TreeMap<>();
                        second.insight()
                                .assessments()
                                .forEach((rater, one) ->
                                        weights.put(rater, one.quarantined() ? 0 : one.weight()));
                        Map<String, Double> published = new TreeMap<>();
                        trust().forEach((rater, one) ->
                                published.put(rater, one.quarantined() ? 0 : one.weight()));
                        weights.keySet().retainAll(RATERS);
                        published.keySet().retainAll(RATERS);
                        assertThat(weights).hasSize(5).isEqualTo(published);
                    });
        } finally {
            second.stop(new ShutdownEvent());
        }
    }

    private static String rater(int number) {
        return "%032d".formatted(number);
    }

    private Map<String, RaterTrust> trust() {
        Map<String, RaterTrust> trust = new TreeMap<>();
        log.compacted(Topics.RATERS).forEach((rater, one) -> trust.put(rater, (RaterTrust) one));
        return trust;
    }

    private static ValidatableResponse get(String path) {
        return given().header("Authorization", "Bearer operator-key")
                .get(path)
                .then()
                .statusCode(200);
    }

    private static ValidatableResponse rule(String decision, String reason) {
        return put(CONTRARY, "{\"decision\":\"%s\",\"reason\":\"%s\"}".formatted(decision, reason));
    }

    private static ValidatableResponse put(String rater, String body) {
        return given().header("Authorization", "Bearer operator-key")
                .contentType(ContentType.JSON)
                .body(body)
                .put("/v1/raters/" + rater + "/ruling")
                .then();
    }
}
