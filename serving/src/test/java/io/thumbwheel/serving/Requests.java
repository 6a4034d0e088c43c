package io.thumbwheel.serving;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;

import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.Topics;
import java.time.Duration;

/// What the tests over HTTP ask of serving.
final class Requests {
    private Requests() {}

    /// Waits until a release serves.
    static void awaitReady() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> given().get("/ready").statusCode() == 200);
    }

    static RequestSpecification as(String key) {
        return given().header("Authorization", "Bearer " + key).contentType("application/json");
    }

    static ValidatableResponse post(String path, String body) {
        return as(ServingPlatform.CHAT).body(body).post(path).then();
    }

    static ValidatableResponse chat(String body) {
        return post("/v1/chat/completions", body);
    }

    /// A chat that says hello, with more fields.
    static String hello(String more) {
        return "{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]"
                + (more.isEmpty() ? "" : "," + more)
                + "}";
    }

    /// What the journal says of an answer.
    static CompletionServed served(String id, String kafka) {
        return EventsOf.kind(CompletionServed.class, Topics.COMPLETIONS, kafka).stream()
                .filter(event -> event.id().toString().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
