package io.thumbwheel.serving;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Readers who leave.
@QuarkusTest
@WithTestResource(value = ServingPlatform.class, scope = TestResourceScope.GLOBAL)
class ReadersIT {
    /// Sixteen answers, as long as the context lets them be, with 20 log-probs for each token.
    private static final String MUCH =
            """
            {"model":"r0-6320f0ed","messages":[{"role":"user","content":"hello"}],"temperature":0,
            "n":16,"stream":true,"logprobs":true,"top_logprobs":20,"conversation":"%s"}
            """;

    @BeforeEach
    void ready() {
        Requests.awaitReady();
    }

    private static void awaitIdle(Duration limit) {
        await().atMost(limit)
                .untilAsserted(() ->
                        assertThat(
                                        given().get("/metrics")
                                                .asString()
                                                .lines()
                                                .filter(line ->
                                                        line.matches(
                                                                "thumbwheel_(requests_(running|waiting)|answers_open)[ {].*"))
                                                .toList())
                                .hasSizeGreaterThanOrEqualTo(3)
                                .allMatch(line -> line.endsWith(" 0.0")));
    }

    /// vLLM's test of cancellation: many leave, and whoever comes then is served at once.
    @Test
    void twoHundredReadersWhoLeaveHoldNobodyUp() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> leaving = new ArrayList<>();
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (int reader = 0; reader < 200; reader++) {
                leaving.add(
                        client.sendAsync(
                                request(MUCH.formatted("leaving-" + reader), 500),
                                HttpResponse.BodyHandlers.ofString()));
            }
            for (CompletableFuture<HttpResponse<String>> one : leaving) {
                one.exceptionally(_ -> null).join();
            }

            HttpResponse<String> brief =
                    client.send(
                            request(Requests.hello("\"max_tokens\":10"), 5_000),
                            HttpResponse.BodyHandlers.ofString());

            assertThat(brief.statusCode()).isEqualTo(200);
        }
        assertThat(leaving).anyMatch(CompletableFuture::isCompletedExceptionally);
        awaitIdle(Duration.ofSeconds(10));
    }

    private static HttpRequest request(String body, long patienceMillis) throws IOException {
        return HttpRequest.newBuilder(
                        URI.create(
                                "http://localhost:%d/v1/chat/completions"
                                        .formatted(RestAssured.port)))
                .timeout(Duration.ofMillis(patienceMillis))
                .header("Authorization", "Bearer " + ServingPlatform.CHAT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }
}
