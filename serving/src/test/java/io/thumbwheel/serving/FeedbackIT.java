package io.thumbwheel.serving;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.FeedbackGiven;
import io.thumbwheel.schemas.event.FeedbackGiven.Opinion;
import io.thumbwheel.schemas.event.FeedbackGiven.RaterKind;
import io.thumbwheel.schemas.event.Topics;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Thumbs and picks about serving's own answers.
@QuarkusTest
@WithTestResource(value = ServingPlatform.class, scope = TestResourceScope.GLOBAL)
class FeedbackIT {
    @Inject ServingConfig config;

    @BeforeEach
    void ready() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> given().get("/ready").statusCode() == 200);
    }

    private static String completion(int choices) {
        return given().header("Authorization", "Bearer " + ServingPlatform.CHAT)
                .contentType("application/json")
                .body(
                        """
                        {"messages":[{"role":"user","content":"hello"}],"max_tokens":2,"n":%d,"user":"ada"}
                        """
                                .formatted(choices))
                .post("/v1/chat/completions")
                .path("id");
    }

    private static ValidatableResponse feedback(String key, String body) {
        return given().header("Authorization", "Bearer " + key)
                .contentType("application/json")
                .body(body)
                .post("/v1/feedback")
                .then();
    }

    private FeedbackGiven kept(String id) {
        List<FeedbackGiven> all =
                EventsOf.kind(FeedbackGiven.class, Topics.FEEDBACK, config.kafka());
        return all.stream().filter(event -> event.id().equals(id)).findFirst().orElseThrow();
    }

    @Test
    void anAcceptedThumbIsInKafka() {
        String completion = completion(1);

        String id =
                feedback(
                                ServingPlatform.CHAT,
                                """
                                {"completion_id":"%s","kind":"thumb","choice":0,"value":"up","rater":{"id":"ada"},"consent":true}
                                """
                                        .formatted(completion))
                        .statusCode(202)
                        .body("status", equalTo("accepted"))
                        .extract()
                        .path("feedback_id");

        FeedbackGiven thumb = kept(id);
        assertThat(thumb.completion().toString()).isEqualTo(completion);
        assertThat(thumb.consent()).isTrue();
        assertThat(thumb.raterKind()).isEqualTo(RaterKind.USER);
        assertThat(thumb.opinion())
                .isInstanceOfSatisfying(Opinion.Thumb.class, up -> assertThat(up.up()).isTrue());
        assertThat(EventsOf.kind(CompletionServed.class, Topics.COMPLETIONS, config.kafka()))
                .filteredOn(served -> served.id().toString().equals(completion))
                .singleElement()
                .satisfies(served -> assertThat(served.user()).isEqualTo(thumb.rater()));
    }

    @Test
    void theSameIdempotencyKeyIsTheSameFeedback() {
        String body =
                "{\"completion_id\":\"%s\",\"kind\":\"pick\",\"chosen\":1,\"shown\":[1,0],\"id\":\"once\"}"
                        .formatted(completion(2));

        String first =
                feedback(ServingPlatform.FEEDBACK, body)
                        .statusCode(202)
                        .extract()
                        .path("feedback_id");
        String again =
                feedback(ServingPlatform.FEEDBACK, body)
                        .statusCode(202)
                        .extract()
                        .path("feedback_id");

        assertThat(again).isEqualTo(first);
        assertThat(kept(first).raterKind()).isEqualTo(RaterKind.SIMULATED);
    }

    @Test
    void aForgedCompletionIsNotFound() {
        String completion = completion(1);
        char last = completion.charAt(completion.length() - 1);
        String forged =
                completion.substring(0, completion.length() - 1) + (last == '0' ? '1' : '0');

        feedback(
                        ServingPlatform.CHAT,
                        "{\"completion_id\":\"%s\",\"kind\":\"thumb\",\"value\":\"up\"}"
                                .formatted(forged))
                .statusCode(404)
                .contentType("application/problem+json")
                .body("code", equalTo("completion_not_found"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "kind":"thumb","choice":5,"value":"up"         | 422 | unacceptable
                    "kind":"pick","chosen":2                       | 422 | unacceptable
                    "kind":"pick","chosen":0,"shown":[0,0]         | 422 | unacceptable
                    "kind":"thumb","choice":0,"value":"sideways"   | 400 | malformed
                    "kind":"applause"                              | 400 | malformed
                    "kind":"rating","choice":0,"value":5           | 422 | unsupported_kind
                    """)
    void whatCannotBeIsRefused(String fields, int status, String code) {
        feedback(
                        ServingPlatform.CHAT,
                        "{\"completion_id\":\"%s\",%s}".formatted(completion(2), fields))
                .statusCode(status)
                .body("code", equalTo(code));
    }

    @Test
    void aKeyIsNeeded() {
        feedback("nobody", "{}").statusCode(401);
    }
}
