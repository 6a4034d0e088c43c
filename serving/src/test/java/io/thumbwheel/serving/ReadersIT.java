package io.thumbwheel.serving;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.thumbwheel.schemas.event.CompletionServed;
import io.thumbwheel.schemas.event.CompletionServed.FinishReason;
import io.thumbwheel.schemas.event.Topics;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Readers who read too slowly, or leave.
@QuarkusTest
@WithTestResource(value = ServingPlatform.class, scope = TestResourceScope.GLOBAL)
class ReadersIT {
    /// Sixteen answers, as long as the context lets them be, with 20 log-probs for each token: some
    /// ten megabytes.
    private static final String MUCH =
            """
            {"model":"r0-6320f0ed","messages":[{"role":"user","content":"hello"}],"temperature":0,
            "n":16,"stream":true,"logprobs":true,"top_logprobs":20,"conversation":"%s"}
            """;

    @Inject ServingConfig config;

    @BeforeEach
    void ready() {
        Requests.awaitReady();
    }

    private List<CompletionServed> servedIn(String conversation) {
        return EventsOf.kind(CompletionServed.class, Topics.COMPLETIONS, config.kafka()).stream()
                .filter(event -> event.conversation().equals(conversation))
                .toList();
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

    @Test
    void aReaderTooSlowIsCutAndItsAnswerRecordedAsCancelled() throws Exception {
        String conversation = "slow-" + System.nanoTime();
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4_096);
            socket.connect(new InetSocketAddress("localhost", RestAssured.port), 5_000);
            byte[] body = MUCH.formatted(conversation).getBytes(StandardCharsets.UTF_8);
            socket.getOutputStream().write(head(body.length));
            socket.getOutputStream().write(body);
            socket.getOutputStream().flush();
            // Reads nothing from here on.

            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(servedIn(conversation)).hasSize(1));
            awaitIdle(Duration.ofSeconds(5));
        }

        CompletionServed served = servedIn(conversation).getFirst();
        assertThat(served.choices()).hasSize(16);
        assertThat(served.choices())
                .extracting(CompletionServed.Choice::finishReason)
                .contains(FinishReason.CANCELLED);
        assertThat(served.choices())
                .anySatisfy(choice -> assertThat(choice.tokenIds()).hasSizeGreaterThan(16));
    }

    private static byte[] head(int length) {
        return """
        POST /v1/chat/completions HTTP/1.1\r
        Host: localhost\r
        Authorization: Bearer %s\r
        Content-Type: application/json\r
        Content-Length: %d\r
        \r
        """
                .formatted(ServingPlatform.CHAT, length)
                .getBytes(StandardCharsets.UTF_8);
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
