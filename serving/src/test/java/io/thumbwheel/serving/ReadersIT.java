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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Readers who leave, and one who does not read.
@QuarkusTest
@WithTestResource(value = ServingPlatform.class, scope = TestResourceScope.GLOBAL)
class ReadersIT {
    /// Sixteen answers, as long as the context lets them be, with 20 log-probs for each token.
    private static final String MUCH =
            """
            {"model":"r0-6320f0ed","messages":[{"role":"user","content":"hello"}],"temperature":0,
            "n":16,"stream":true,"logprobs":true,"top_logprobs":20,"conversation":"%s"}
            """;

    /// The same and more, about 5 MB: what is drawn greedily has one log-prob for each token, and
    /// the bias bars the end of the answer. Each token is a pass of its own: pieces come singly.
    private static final String ENDLESS =
            """
            {"model":"r0-6320f0ed","messages":[{"role":"user","content":"hello"}],
            "n":16,"stream":true,"logprobs":true,"top_logprobs":20,"logit_bias":{"2":-100},
            "deterministic":true,"conversation":"slow-reader"}
            """;

    @Inject ServingConfig config;

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
                                request(MUCH.formatted("leaving-" + reader)),
                                HttpResponse.BodyHandlers.ofString()));
            }
            for (CompletableFuture<HttpResponse<String>> one : leaving) {
                one.exceptionally(_ -> null).join();
            }

            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() ->
                            Requests.chat(Requests.hello("\"max_tokens\":10")).statusCode(200));
        }
        assertThat(leaving).anyMatch(CompletableFuture::isCompletedExceptionally);
        awaitIdle(Duration.ofSeconds(10));
    }

    /// The sockets hold little ([SmallSendBuffers]), and the reader may lie 256 chunks behind.
    @Test
    void aReaderWhoDoesNotReadIsCut() throws Exception {
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4 << 10);
            socket.setSoTimeout(30_000);
            socket.connect(new InetSocketAddress("localhost", RestAssured.port), 5_000);
            socket.getOutputStream().write(raw(ENDLESS));

            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(ends("slow-reader"))
                                    .containsExactly(
                                            Collections.nCopies(16, FinishReason.CANCELLED)));
            awaitIdle(Duration.ofSeconds(10));
            Requests.chat(Requests.hello("\"max_tokens\":10")).statusCode(200);

            assertThat(rest(socket)).startsWith("HTTP/1.1 200").doesNotContain("[DONE]");
        }
    }

    private static byte[] raw(String body) {
        return """
        POST /v1/chat/completions HTTP/1.1\r
        Host: localhost\r
        Authorization: Bearer %s\r
        Content-Type: application/json\r
        Content-Length: %d\r
        \r
        %s\
        """
                .formatted(ServingPlatform.CHAT, body.length(), body)
                .getBytes(StandardCharsets.UTF_8);
    }

    /// Why the choices of each answer ended.
    private List<List<FinishReason>> ends(String conversation) {
        return EventsOf.kind(CompletionServed.class, Topics.COMPLETIONS, config.kafka()).stream()
                .filter(answer -> answer.conversation().equals(conversation))
                .map(answer ->
                        answer.choices().stream()
                                .map(CompletionServed.Choice::finishReason)
                                .toList())
                .toList();
    }

    /// What still comes until the connection is closed.
    private static String rest(Socket socket) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        byte[] part = new byte[8 << 10];
        try {
            InputStream in = socket.getInputStream();
            for (int length = in.read(part); length >= 0; length = in.read(part)) {
                read.write(part, 0, length);
            }
        } catch (SocketException e) {
            return read.toString(StandardCharsets.UTF_8); // it was reset, with what it held
        }
        return read.toString(StandardCharsets.UTF_8);
    }

    private static HttpRequest request(String body) {
        return HttpRequest.newBuilder(
                        URI.create(
                                "http://localhost:%d/v1/chat/completions"
                                        .formatted(RestAssured.port)))
                .timeout(Duration.ofMillis(500))
                .header("Authorization", "Bearer " + ServingPlatform.CHAT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }
}
